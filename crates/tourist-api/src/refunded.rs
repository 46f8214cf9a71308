//! How much of an order is back with the payer.

use std::collections::BTreeMap;

use domain::id::OrderId;
use domain::order::Order;
use domain::ports::{OrderQueries, StoreError};

/// What is back of one order, in fen.
pub(crate) fn refunded_fen(queries: &dyn OrderQueries, order: &Order) -> Result<i64, StoreError> {
    let refunded = refunded_fen_of(queries, std::slice::from_ref(order))?;
    Ok(refunded.get(&order.id).copied().unwrap_or(0))
}

/// What is back, in fen, of those orders of which anything is.
///
/// Only orders of which something was asked back are asked about: a new order is shown without a
/// query, which could fail.
pub(crate) fn refunded_fen_of(
    queries: &dyn OrderQueries,
    orders: &[Order],
) -> Result<BTreeMap<OrderId, i64>, StoreError> {
    let with_refunds = orders.iter().filter(|order| !order.refunded.is_zero());
    let ids: Vec<OrderId> = with_refunds.map(|order| order.id).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(queries.refunded(&ids)?.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use domain::id::{AccountId, RefundId};
    use domain::ports::{OrderCursor, OrderTab};
    use domain::refund::Refund;
    use domain::testing::Museum;

    use super::*;

    /// A database that has gone away.
    struct Away;

    impl OrderQueries for Away {
        fn orders(
            &self,
            _: AccountId,
            _: OrderTab,
            _: Option<OrderCursor>,
            _: u32,
        ) -> Result<Vec<Order>, StoreError> {
            Err(StoreError::Unavailable)
        }

        fn order(&self, _: OrderId) -> Result<Option<Order>, StoreError> {
            Err(StoreError::Unavailable)
        }

        fn refund(&self, _: RefundId) -> Result<Option<Refund>, StoreError> {
            Err(StoreError::Unavailable)
        }

        fn refunded(&self, _: &[OrderId]) -> Result<Vec<(OrderId, i64)>, StoreError> {
            Err(StoreError::Unavailable)
        }
    }

    #[test]
    fn only_an_order_with_refunds_is_asked_about() {
        let (museum, _) = Museum::in_memory();
        let mut order = museum
            .order(&museum.account())
            .visitor(&museum.adult())
            .build();
        assert_eq!(refunded_fen(&Away, &order), Ok(0));
        order.refunded = order.total;
        assert_eq!(refunded_fen(&Away, &order), Err(StoreError::Unavailable));
    }
}
