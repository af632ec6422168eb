//! Dates as HTTP writes them: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).

use simars_record::Timestamp;

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Writes a time.
pub(crate) fn write(time: Timestamp) -> String {
    let date = time.date();
    // The epoch was a Thursday.
    let day = DAYS[(time.unix() / 86_400 % 7) as usize];
    let second = time.unix() % 86_400;
    format!(
        "{day}, {:02} {} {} {:02}:{:02}:{:02} GMT",
        date.day(),
        MONTHS[usize::from(date.month()) - 1],
        date.year(),
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

/// Reads a time in the one form that is still written today. The two obsolete forms are not
/// read: a precondition in them is ignored, which costs a download and nothing else.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let mut parts = text.split_once(", ")?.1.split(' ');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let time: Timestamp = format!("{year}-{month:02}-{day}T{}Z", parts.next()?).parse().ok()?;
    (write(time) == text).then_some(time)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_the_standard() {
        let time = "1994-11-06T08:49:37Z".parse().unwrap();
        assert_eq!(write(time), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT"), Some(time));
        for wrong in ["Mon, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "", "x, y"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(seconds in 0..=253_402_300_799u64) {
            let time = Timestamp::from_unix(seconds);
            prop_assert_eq!(parse(&write(time)), Some(time));
        }

        #[test]
        fn never_panics(text: String) {
            let _ = parse(&text);
        }
    }
}
