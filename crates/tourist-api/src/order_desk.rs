//! Where orders are handed in.
//!
//! Every order, visits on annual passes included, goes through the [`OrderDesk`], which today decides each one in a group of its
//! own. The queue that forms groups of many goes in here and nowhere else: callers see a draft go
//! in and an outcome come back.

use std::sync::Arc;

use api_kit::blocking::BlockingPool;
use api_kit::error::ApiError;
use domain::id::IdSource;
use domain::ports::{Queries, StoreError, UnitOfWork};
use domain::rules::Rules;
use domain::sealed::IdentityCipher;
use domain::use_cases::order_request::{OrderDraft, OrderRequest, prepare_order};
use domain::use_cases::pass_visits::{VisitDraft, prepare_visit};
use domain::use_cases::place_orders::{Placed, place_orders};

use crate::refunded::refunded_fen;

/// Takes orders in.
pub(crate) struct OrderDesk {
    clerk: Arc<Clerk>,
    pool: Arc<BlockingPool>,
}

/// What deciding an order takes.
pub(crate) struct Clerk {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) queries: Arc<dyn Queries>,
    pub(crate) cipher: Arc<dyn IdentityCipher>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) rules: Rules,
}

/// What became of an order that was handed in, with all that an answer shows of it: nothing can
/// fail any more once it is decided.
pub(crate) struct Decided {
    pub(crate) placed: Placed,
    /// How much of an order that exists already is back with the payer, in fen.
    pub(crate) refunded: i64,
}

impl OrderDesk {
    /// A desk that works on `pool`.
    pub(crate) fn new(clerk: Clerk, pool: Arc<BlockingPool>) -> Self {
        Self {
            clerk: Arc::new(clerk),
            pool,
        }
    }

    /// Places an order. A caller that leaves does not cancel it: its idempotency key finds it.
    pub(crate) async fn place(&self, draft: OrderDraft) -> Result<Decided, ApiError> {
        let clerk = Arc::clone(&self.clerk);
        self.pool.run(move || clerk.place(draft)).await?
    }

    /// Places a visit on an annual pass, as [`place`](Self::place) does an order.
    pub(crate) async fn place_visit(&self, draft: VisitDraft) -> Result<Decided, ApiError> {
        let clerk = Arc::clone(&self.clerk);
        self.pool.run(move || clerk.place_visit(draft)).await?
    }
}

impl Clerk {
    fn place(&self, draft: OrderDraft) -> Result<Decided, ApiError> {
        let request = prepare_order(&*self.queries, &*self.cipher, &*self.ids, draft)?;
        self.decide(request)
    }

    fn place_visit(&self, draft: VisitDraft) -> Result<Decided, ApiError> {
        let request = prepare_visit(&*self.queries, &*self.cipher, &*self.ids, draft)?;
        self.decide(request)
    }

    fn decide(&self, request: OrderRequest) -> Result<Decided, ApiError> {
        let placed = place_orders(&*self.unit_of_work, &self.rules, &[request])?;
        let placed = placed
            .into_iter()
            .next()
            .ok_or_else(|| StoreError::Fault("an order without an outcome".to_owned()))?;
        let refunded = match &placed {
            // The order is there: it must not be said that nothing was done.
            Placed::Created(order) | Placed::Existing(order) => {
                refunded_fen(&*self.queries, order).map_err(ApiError::outcome_unknown)?
            }
            Placed::KeyReused | Placed::Refused(_) => 0,
        };
        Ok(Decided { placed, refunded })
    }
}
