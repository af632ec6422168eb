//! Suggestions in a real Chromium: shown while somebody types, walked through with the keys.

use thirtyfour::prelude::*;

use crate::browser::{Driver, journey, screens, until_it_says};
use crate::scene::Scene;

/// Waits until the field has a list open, and gives how many options it has.
async fn until_open(driver: &WebDriver) -> usize {
    for _ in 0..300 {
        let options = driver.find_all(By::Css("[role=listbox]:not([hidden]) [role=option]")).await;
        let options = options.unwrap_or_default().len();
        if options > 0 {
            return options;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no suggestions came");
}

async fn attribute(element: &WebElement, name: &str) -> String {
    element.attr(name).await.unwrap().unwrap_or_default()
}

#[test]
fn suggestions_are_chosen_with_the_keys() {
    let Some(chrome) = Driver::start() else { return };
    let scene = Scene::new();
    let samples = simars_testkit::project().join("samples");
    let server = scene.serve(&["--samples", samples.to_str().unwrap()]);
    journey(async {
        for (width, height) in [(320, 740), (360, 740), (1280, 900)] {
            let driver = chrome.open(width, height).await;
            for (path, form) in [("/", "home"), ("/cari?q=pemilu", "search")] {
                driver.goto(format!("{}{path}", server.base())).await.unwrap();
                let field = driver.query(By::Css("main input[name=q]")).first().await.unwrap();
                field.clear().await.unwrap();
                field.send_keys("keputusan p").await.unwrap();
                let options = until_open(&driver).await;
                assert_eq!(attribute(&field, "role").await, "combobox");
                assert_eq!(attribute(&field, "aria-expanded").await, "true");
                assert_eq!(attribute(&field, "aria-activedescendant").await, "");
                field.send_keys(Key::Down + "").await.unwrap();
                let chosen = attribute(&field, "aria-activedescendant").await;
                let chosen = driver.find(By::Id(chosen)).await.unwrap();
                assert_eq!(attribute(&chosen, "aria-selected").await, "true");
                driver
                    .screenshot(&screens().join(format!("suggestions-{form}-{width}.png")))
                    .await
                    .unwrap();
                let script = "const list = document.querySelector('[role=listbox]');
                    const box = list.getBoundingClientRect();
                    return [document.documentElement.scrollWidth, box.left >= 0 && box.right <= innerWidth];";
                let found = driver.execute(script, vec![]).await.unwrap();
                let (wide, inside): (u32, bool) = found.convert().unwrap();
                assert!(wide <= width && inside, "{path} at {width}: {wide}");
                // Past the last one is the field again, with what was typed.
                for _ in 0..options {
                    field.send_keys(Key::Down + "").await.unwrap();
                }
                assert_eq!(attribute(&field, "aria-activedescendant").await, "");
                field.send_keys(Key::Escape + "").await.unwrap();
                assert_eq!(attribute(&field, "aria-expanded").await, "false");
                assert_eq!(field.prop("value").await.unwrap().unwrap(), "keputusan p");
                field.send_keys(Key::Down + "").await.unwrap();
                until_open(&driver).await;
                field.send_keys(Key::Down + Key::Enter).await.unwrap();
                until_it_says(&driver, "SHA-256").await;
                let address = driver.current_url().await.unwrap();
                assert!(address.path().starts_with("/dokumen/"), "{address}");
            }
            driver.quit().await.unwrap();
        }
    });
}
