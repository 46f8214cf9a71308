//! Where orders are handed in.
//!
//! Every order, visits on annual passes included, goes through the [`OrderDesk`]: it is prepared,
//! waits its turn, and is decided and stored together with those that wait beside it, in one
//! transaction. Callers see a draft go in and an outcome come back.

use std::sync::Arc;
use std::time::Duration;

use api_kit::blocking::BlockingPool;
use api_kit::error::ApiError;
use api_kit::group_desk::{DeskOptions, GroupDesk, GroupWork};
use api_kit::settings;
use domain::id::{AccountId, IdSource};
use domain::ports::{Queries, StoreError, UnitOfWork};
use domain::rules::Rules;
use domain::sealed::IdentityCipher;
use domain::use_cases::order_request::{OrderDraft, OrderRequest, prepare_order};
use domain::use_cases::pass_visits::{VisitDraft, prepare_visit};
use domain::use_cases::place_orders::{Placed, place_orders};
use domain::visit_date::VisitDate;

use crate::refunded::refunded_fen;
use crate::refusals::{DecidedBy, count};

/// The most tickets and add-ons of one group: few enough for the insert statements of a
/// transaction to stay short.
const PLACES_PER_GROUP: usize = 512;

/// How long an order may wait to be decided, after which its sender has asked again or left.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Takes orders in.
pub(crate) struct OrderDesk {
    clerk: Arc<Clerk>,
    desk: GroupDesk<Placing>,
    /// For what has to be read from the database before or after an order is decided.
    pool: Arc<BlockingPool>,
}

/// What deciding an order takes.
#[derive(Clone)]
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
    /// Opens a desk whose reading is done on `pool`.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(crate) fn open(
        clerk: Clerk,
        pool: Arc<BlockingPool>,
        settings: &settings::Desk,
    ) -> std::io::Result<Self> {
        let options = DeskOptions {
            group_weight: PLACES_PER_GROUP,
            ..DeskOptions::of("orders", settings, LONGEST_WAIT)
        };
        let clerk = Arc::new(clerk);
        Ok(Self {
            desk: GroupDesk::open(options, Placing(Arc::clone(&clerk)))?,
            clerk,
            pool,
        })
    }

    /// Places an order. A caller that leaves does not cancel it: its idempotency key finds it.
    pub(crate) async fn place(&self, draft: OrderDraft) -> Result<Decided, ApiError> {
        let request = self.prepare(draft).await?;
        self.decide(request).await
    }

    /// Places a visit on an annual pass, as [`place`](Self::place) does an order.
    pub(crate) async fn place_visit(&self, draft: VisitDraft) -> Result<Decided, ApiError> {
        let clerk = Arc::clone(&self.clerk);
        let request = self.pool.run(move || clerk.prepare_visit(draft)).await??;
        self.decide(request).await
    }

    async fn decide(&self, request: OrderRequest) -> Result<Decided, ApiError> {
        let placed = self.desk.hand_in(request).await?;
        let refunded = match &placed {
            Placed::Created(order) | Placed::Existing(order) if !order.refunded.is_zero() => {
                // The order is there: it must not be said that nothing was done.
                let (clerk, order) = (Arc::clone(&self.clerk), order.clone());
                let refunded = self.pool.run(move || refunded_fen(&*clerk.queries, &order));
                let refunded = refunded.await.map_err(ApiError::outcome_unknown)?;
                refunded.map_err(ApiError::outcome_unknown)?
            }
            Placed::Refused(refusal) => {
                count(refusal, DecidedBy::Desk);
                0
            }
            _ => 0,
        };
        Ok(Decided { placed, refunded })
    }

    /// Prepares an order here and now, unless saved visitors have to be read: sealing and hashing
    /// takes microseconds, less than to hand it to another thread.
    async fn prepare(&self, draft: OrderDraft) -> Result<OrderRequest, ApiError> {
        if draft.names_saved_visitors() {
            let clerk = Arc::clone(&self.clerk);
            self.pool.run(move || clerk.prepare(draft)).await?
        } else {
            self.clerk.prepare(draft)
        }
    }
}

impl Clerk {
    fn prepare(&self, draft: OrderDraft) -> Result<OrderRequest, ApiError> {
        Ok(prepare_order(
            &*self.queries,
            &*self.cipher,
            &*self.ids,
            draft,
        )?)
    }

    fn prepare_visit(&self, draft: VisitDraft) -> Result<OrderRequest, ApiError> {
        Ok(prepare_visit(
            &*self.queries,
            &*self.cipher,
            &*self.ids,
            draft,
        )?)
    }
}

/// Places groups of orders.
struct Placing(Arc<Clerk>);

impl GroupWork for Placing {
    type Request = OrderRequest;
    type Outcome = Placed;
    /// The visit date: what a group's transaction locks first.
    type Lane = VisitDate;
    type Author = AccountId;

    fn lane(&self, request: &OrderRequest) -> VisitDate {
        request.date
    }

    fn author(&self, request: &OrderRequest) -> AccountId {
        request.account
    }

    fn weight(&self, request: &OrderRequest) -> usize {
        request.places()
    }

    fn decide(&self, group: &[OrderRequest]) -> Result<Vec<Placed>, StoreError> {
        place_orders(&*self.0.unit_of_work, &self.0.rules, group)
    }
}
