//! `synfin interfaces`: what there is to capture on, and who may.

use super::analyze::unwritable;
use super::out::note;
use super::reporter::{Extent, Reporter};
use super::screen::{Format, Screen, ScreenArgs};
use clap::Args;
use std::io;
use std::process::ExitCode;
use synfin::capture::interface::{self, Interface};
use synfin::capture::privilege::{self, Lack};
use synfin::report::interfaces::{LackView, page};
use synfin::report::view::{InterfaceView, LinkView, SCHEMA};

/// What `synfin interfaces` takes.
#[derive(Args)]
pub struct InterfacesArgs {
    #[command(flatten)]
    screen: ScreenArgs,
}

/// Lists them.
pub fn run(args: &InterfacesArgs) -> ExitCode {
    match list(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => unwritable(&error),
    }
}

fn list(args: &InterfacesArgs) -> io::Result<()> {
    let lack = privilege::check().err();
    let views: Vec<InterfaceView> = interface::list().iter().map(|it| view(it, lack.as_ref())).collect();
    let screen = Screen::new(&args.screen);
    let style = screen.style();
    let mut reporter = Reporter::new(args.screen.format, Extent::Worst, args.screen.fail_on, &style);
    let told = lack.map(|lack| (lack.found(), lack.remedy()));
    if args.screen.format == Format::Table {
        let lack = told.as_ref().map(|(found, remedy)| LackView { found, remedy });
        return reporter.page(&page(&views, lack, &style));
    }
    for view in &views {
        reporter.object(view)?;
    }
    if let Some((found, remedy)) = told {
        note(format_args!("synfin: cannot capture: {found}; {remedy}"));
    }
    reporter.finish()
}

fn view(it: &Interface, lack: Option<&Lack>) -> InterfaceView {
    InterfaceView {
        schema: SCHEMA,
        kind: "interface",
        name: it.name.clone(),
        index: (!it.is_any()).then_some(it.index),
        state: match (it.is_up(), it.is_running()) {
            (false, _) => "down",
            (true, false) => "up",
            (true, true) => "running",
        },
        addresses: it.addresses.iter().map(|(address, prefix)| format!("{address}/{prefix}")).collect(),
        // A loopback interface has one of nothing but zeros.
        mac: it.mac.filter(|mac| *mac != [0; 6]).map(|mac| mac.map(|octet| format!("{octet:02x}")).join(":")),
        link: it.link().map(|link| LinkView { number: link.0, name: interface::link_name(link) }),
        capture: match lack {
            Some(_) => "no",
            None if it.is_up() => "yes",
            None => "down",
        },
    }
}
