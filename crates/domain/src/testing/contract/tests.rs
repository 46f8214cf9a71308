//! The suite on the stores in memory, and whether it is whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::ports::{Queries, Sweep, UnitOfWork};
use crate::testing::MemoryStore;

struct InMemory(Arc<MemoryStore>);

impl super::Subject for InMemory {
    fn unit_of_work(&self) -> Arc<dyn UnitOfWork> {
        self.0.clone()
    }

    fn queries(&self) -> Arc<dyn Queries> {
        self.0.clone()
    }

    fn sweep(&self) -> Arc<dyn Sweep> {
        self.0.clone()
    }
}

fn in_memory() -> InMemory {
    InMemory(Arc::new(MemoryStore::new()))
}

crate::contract_suite!(in_memory);

/// The words between the braces that follow `area` in the macros.
fn listed(area: &str) -> BTreeSet<&'static str> {
    let source = include_str!("../contract.rs");
    let (_, macros) = source.split_once("macro_rules! contract_suite").unwrap();
    let (_, list) = macros.split_once(&format!(" {area} {{")).unwrap();
    let (list, _) = list.split_once('}').unwrap();
    list.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .collect()
}

/// A case that stands in no list would never run.
#[test]
fn every_case_is_listed() {
    for (area, source) in [
        ("account_queries", include_str!("account_queries.rs")),
        ("accounts", include_str!("accounts.rs")),
        ("annual_passes", include_str!("annual_passes.rs")),
        ("bans", include_str!("bans.rs")),
        ("sale_queries", include_str!("sale_queries.rs")),
        ("calendar_queries", include_str!("calendar_queries.rs")),
        ("catalogue", include_str!("catalogue.rs")),
        ("check_ins", include_str!("check_ins.rs")),
        ("concurrent", include_str!("concurrent.rs")),
        ("contention", include_str!("contention.rs")),
        ("content", include_str!("content.rs")),
        ("days", include_str!("days.rs")),
        ("invoices", include_str!("invoices.rs")),
        ("gates", include_str!("gates.rs")),
        ("leases", include_str!("leases.rs")),
        ("document_hashes", include_str!("document_hashes.rs")),
        ("erasures", include_str!("erasures.rs")),
        ("ledger", include_str!("ledger.rs")),
        ("mails", include_str!("mails.rs")),
        ("order_queries", include_str!("order_queries.rs")),
        ("orders", include_str!("orders.rs")),
        ("payments", include_str!("payments.rs")),
        ("quotas", include_str!("quotas.rs")),
        ("refunds", include_str!("refunds.rs")),
        ("revocations", include_str!("revocations.rs")),
        ("sealed_rows", include_str!("sealed_rows.rs")),
        ("sweep", include_str!("sweep.rs")),
        ("tickets", include_str!("tickets.rs")),
        ("unit_of_work", include_str!("unit_of_work.rs")),
        ("visitors", include_str!("visitors.rs")),
    ] {
        let cases = source
            .lines()
            .filter_map(|line| line.strip_prefix("pub fn "));
        let mut cases = cases.filter_map(|line| line.split_once('(')).peekable();
        assert!(cases.peek().is_some(), "{area} has cases");
        let listed = listed(area);
        for (case, _) in cases {
            assert!(listed.contains(case), "{area}::{case} is not listed");
        }
    }
}
