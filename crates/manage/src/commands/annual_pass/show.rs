//! `manage annual-pass show`.

use domain::annual_pass::AnnualPass;
use domain::id::AnnualPassId;
use domain::order::Order;
use domain::ports::AnnualPassQueries as _;
use domain::visit_date::VisitDate;

use super::holder::DocumentArguments;
use crate::failure::Failure;
use crate::house::House;
use crate::output;
use crate::table::aligned;

pub(super) fn run(house: &House, arguments: &DocumentArguments) -> Result<(), Failure> {
    let today = VisitDate::containing(house.clock.now());
    let document = arguments.read(today)?;
    let cipher = assembly::identity_cipher(&house.settings.secrets)?;
    let queries = house.queries();
    let passes = queries.annual_passes(&[cipher.hash(&document)])?;
    if passes.is_empty() {
        output::line("This document has no annual pass.");
        return Ok(());
    }
    let headings = ["annual pass", "year", "state", "left", "reserved", "used"];
    let rows: Vec<_> = std::iter::once(headings.map(str::to_owned))
        .chain(passes.iter().map(|pass| pass_row(pass, today)))
        .collect();
    output::raw(&aligned(&rows));
    let ids: Vec<AnnualPassId> = passes.iter().map(|pass| pass.id).collect();
    let visits = queries.pass_visits(&ids, None)?;
    if !visits.is_empty() {
        let headings = ["visit", "date", "session", "state"].map(str::to_owned);
        let rows: Vec<_> = std::iter::once(headings)
            .chain(visits.iter().map(visit_row))
            .collect();
        output::raw(&aligned(&rows));
    }
    Ok(())
}

fn pass_row(pass: &AnnualPass, today: VisitDate) -> [String; 6] {
    [
        pass.id.to_string(),
        pass.year.to_string(),
        pass.state(today).code().to_owned(),
        format!("{} of {}", pass.remaining_on(today), pass.entries),
        pass.reserved.to_string(),
        pass.used.to_string(),
    ]
}

fn visit_row(visit: &Order) -> [String; 4] {
    [
        visit.number.to_string(),
        visit.date.to_string(),
        visit.session.as_str().to_owned(),
        visit.state.code().to_owned(),
    ]
}
