//! The domain's contract suite, as the in-memory stores pass it.

use std::sync::Arc;

use domain::ports::{Queries, Sweep, UnitOfWork};
use domain::testing::contract::Subject;
use persistence::test_support::TestDatabase;

struct Mysql(TestDatabase);

impl Subject for Mysql {
    fn unit_of_work(&self) -> Arc<dyn UnitOfWork> {
        Arc::new(self.0.unit_of_work())
    }

    fn queries(&self) -> Arc<dyn Queries> {
        Arc::new(self.0.queries())
    }

    fn sweep(&self) -> Arc<dyn Sweep> {
        Arc::new(self.0.queries())
    }
}

fn mysql() -> Mysql {
    Mysql(TestDatabase::create())
}

domain::contract_suite!(mysql);
domain::concurrent_contract_suite!(mysql);
