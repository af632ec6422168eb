//! `simars user`: who works here.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use simars_access::{AccessError, Done, KeepError, Kept, LoginName, Order, Roles, Summary};
use simars_record::{AccessClass, UnitChoice};

use crate::door::{Create, Door, settings};
use crate::progress::{put, say};
use crate::surroundings::{self, LogFormat};

/// Look after the people who work here: who they are, and what they may do.
///
/// Nobody is given a password: a link lets each choose their own, once, within three days.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
    /// The data folder
    #[arg(long, value_name = "DIR", default_value = "./simars-data", global = true)]
    data: PathBuf,
    /// JSON on standard output
    #[arg(long, global = true)]
    json: bool,
    /// How many seconds to wait while another command uses the data folder
    #[arg(long, value_name = "SECONDS", default_value_t = 600, global = true)]
    wait: u64,
    /// The address the public knows, to make whole links
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080", global = true)]
    public_address: String,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List everybody: login, state, roles, clearance, unit, name, how many passkeys
    List,
    /// Add somebody and make a link for them
    Add {
        /// What they sign in with
        #[arg(value_name = "LOGIN")]
        login: LoginName,
        /// How others call them
        #[arg(long, value_name = "NAME", default_value = "")]
        name: String,
        /// administrator, archivist, approver, officer, reader, verifier; several with commas
        #[arg(long, value_name = "ROLES")]
        roles: Roles,
        /// The most closed class they may see: biasa, terbatas, rahasia, sangat-rahasia
        #[arg(long, value_name = "CLASS", default_value = "biasa")]
        clearance: AccessClass,
        /// The unit whose records alone they are there for; `-` for all
        #[arg(long, value_name = "UNIT", default_value = "-")]
        unit: UnitChoice,
    },
    /// Change what somebody may do; what is left out stays
    Change {
        /// Who
        #[arg(value_name = "LOGIN")]
        login: LoginName,
        /// administrator, archivist, approver, officer, reader, verifier; several with commas
        #[arg(long, value_name = "ROLES")]
        roles: Option<Roles>,
        /// The most closed class they may see
        #[arg(long, value_name = "CLASS")]
        clearance: Option<AccessClass>,
        /// The unit whose records alone they are there for; `-` for all
        #[arg(long, value_name = "UNIT")]
        unit: Option<UnitChoice>,
        /// Whether they may sign in; false ends their sessions at once
        #[arg(long, value_name = "true|false")]
        active: Option<bool>,
    },
    /// Make a new link, for a forgotten password or a lost telephone
    Invite {
        /// Who
        #[arg(value_name = "LOGIN")]
        login: LoginName,
    },
    /// End all sessions of somebody
    SignOut {
        /// Who
        #[arg(value_name = "LOGIN")]
        login: LoginName,
    },
    /// Forget all passkeys of somebody, who lost what holds them; sessions go on until they are ended
    ForgetPasskeys {
        /// Who
        #[arg(value_name = "LOGIN")]
        login: LoginName,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct Everybody {
    people: Vec<Summary>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "warn");
    let patience = Duration::from_secs(arguments.wait);
    let door = Door::open(&arguments.data, Create::Yes, patience, &settings()?)?;
    match order(&arguments.what) {
        None => list(arguments, &everybody(&door)?)?,
        Some(order) => tell(arguments, carry_out(&door, order)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn order(what: &What) -> Option<Order> {
    Some(match what {
        What::List => return None,
        What::Add { login, name, roles, clearance, unit } => Order::Add {
            login: login.clone(),
            name: name.clone(),
            roles: *roles,
            clearance: *clearance,
            unit: *unit,
        },
        What::Change { login, roles, clearance, unit, active } => Order::Change {
            login: login.clone(),
            roles: *roles,
            clearance: *clearance,
            unit: *unit,
            active: *active,
        },
        What::Invite { login } => Order::Invite { login: login.clone() },
        What::SignOut { login } => Order::EndSessions { login: login.clone() },
        What::ForgetPasskeys { login } => Order::ForgetPasskeys { login: login.clone() },
    })
}

fn everybody(door: &Door) -> anyhow::Result<Everybody> {
    match door {
        Door::There(client) => client
            .get("/api/v1/people", &[])?
            .context("the server does not know people; hint: is it of this version?"),
        Door::Here(holdings) => {
            let kept = Kept::open(holdings.archive().folder().people())?;
            let now = holdings.archive().now();
            let people =
                kept.look(|people| people.all().map(|one| Summary::of(one, now)).collect());
            Ok(Everybody { people })
        }
    }
}

fn carry_out(door: &Door, order: Order) -> anyhow::Result<Done> {
    match door {
        Door::There(client) => client.order(&order),
        Door::Here(holdings) => {
            let kept = Kept::open(holdings.archive().folder().people())?;
            let (now, random) = (holdings.archive().now(), surroundings::system().random);
            let done = kept.change(|people| {
                order.carry_out(people, now, &mut |bytes| random(bytes)).map_err(Failed::Access)
            });
            done.map_err(|failed| match failed {
                Failed::Access(error) => error.into(),
                Failed::Keep(error) => error.into(),
            })
        }
    }
}

enum Failed {
    Access(AccessError),
    Keep(KeepError),
}

impl From<KeepError> for Failed {
    fn from(error: KeepError) -> Self {
        Self::Keep(error)
    }
}

fn list(arguments: &Arguments, everybody: &Everybody) -> anyhow::Result<()> {
    if arguments.json {
        return put(&serde_json::to_string(everybody)?);
    }
    for one in &everybody.people {
        let state = match (one.active, one.password) {
            (false, _) => "inactive",
            (true, true) => "active",
            (true, false) => "invited",
        };
        let Summary { login, roles, clearance, name, passkeys, .. } = one;
        let unit = UnitChoice(one.unit);
        put(&format!("{login}\t{state}\t{roles}\t{clearance}\t{unit}\t{name}\t{passkeys}"))?;
    }
    Ok(())
}

fn tell(arguments: &Arguments, done: Done) -> anyhow::Result<()> {
    let address = arguments.public_address.trim_end_matches('/');
    let link = done.invitation.map(|path| format!("{address}{path}"));
    if arguments.json {
        return put(&serde_json::to_string(&Done { invitation: link, ..done })?);
    }
    match link {
        Some(link) => {
            say("simars: hand this link to them directly; it works once, within three days");
            put(&link)
        }
        None => {
            put(&format!("{}\t{}\t{}", done.person.login, done.person.roles, done.person.clearance))
        }
    }
}
