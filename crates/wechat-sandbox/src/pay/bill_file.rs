//! The bill's text: CSV whose values begin with a backtick, amounts in yuan.

use chrono::{DateTime, NaiveDate, Utc};

use crate::beijing;
use crate::ledger::order::Order;
use crate::ledger::refund::{Refund, RefundState};
use crate::settings::Settings;

const HEADERS: &str = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,\
    用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,\
    商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,\
    订单金额,申请退款金额,费率备注";
const SUMMARY: &str = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,\
    订单总金额,申请退款总金额";

/// One line: a payment, or a refund of one.
struct Row<'a> {
    at: DateTime<Utc>,
    order: &'a Order,
    transaction_id: &'a str,
    refund: Option<&'a Refund>,
}

/// The bill of all that succeeded on this day; `None` if nothing did, for then WeChat has no bill.
pub(super) fn write(
    settings: &Settings,
    day: NaiveDate,
    orders: &[Order],
    refunds: &[Refund],
) -> Option<String> {
    let mut rows: Vec<Row<'_>> = payments(orders)
        .chain(repayments(orders, refunds))
        .collect();
    rows.retain(|row| beijing::day(row.at) == day);
    rows.sort_by_key(|row| row.at);
    if rows.is_empty() {
        return None;
    }
    let mut lines = vec![HEADERS.to_owned()];
    lines.extend(rows.iter().map(|row| row.line(settings)));
    lines.push(SUMMARY.to_owned());
    lines.push(summary(&rows));
    lines.push(String::new());
    Some(lines.join("\r\n"))
}

fn payments(orders: &[Order]) -> impl Iterator<Item = Row<'_>> {
    orders.iter().filter_map(|order| {
        let payment = order.payment.as_ref()?;
        Some(Row {
            at: payment.success_time,
            order,
            transaction_id: &payment.transaction_id,
            refund: None,
        })
    })
}

fn repayments<'a>(orders: &'a [Order], refunds: &'a [Refund]) -> impl Iterator<Item = Row<'a>> {
    refunds.iter().filter_map(|refund| {
        if refund.state != RefundState::Success {
            return None;
        }
        let number = refund.terms.out_trade_no.as_str();
        // The orders come sorted by number from the ledger.
        let place = orders
            .binary_search_by(|order| order.terms.out_trade_no.as_str().cmp(number))
            .ok()?;
        Some(Row {
            at: refund.settled_at?,
            order: orders.get(place)?,
            transaction_id: &refund.transaction_id,
            refund: Some(refund),
        })
    })
}

impl Row<'_> {
    /// The money of this line: what came in and what went out.
    fn fen(&self) -> (i64, i64) {
        match self.refund {
            None => (self.order.terms.total, 0),
            Some(refund) => (0, refund.terms.refund),
        }
    }

    fn line(&self, settings: &Settings) -> String {
        let mut cells = self.trade(settings);
        cells.extend(self.money());
        line(&cells)
    }

    /// The columns up to the currency: who traded what and when.
    fn trade(&self, settings: &Settings) -> Vec<String> {
        let terms = &self.order.terms;
        let state = self.refund.map_or("SUCCESS", |_| "REFUND");
        vec![
            beijing::in_bill(self.at),
            settings.app_id.clone(),
            settings.mch_id.clone(),
            "0".to_owned(),
            String::new(),
            self.transaction_id.to_owned(),
            terms.out_trade_no.clone(),
            terms.openid.clone(),
            "JSAPI".to_owned(),
            state.to_owned(),
            "OTHERS".to_owned(),
            "CNY".to_owned(),
        ]
    }

    /// The columns after the currency; a payment has zeros where a refund has its numbers.
    fn money(&self) -> Vec<String> {
        let (paid, refunded) = self.fen();
        let terms = &self.order.terms;
        let (id, number, kind, state) = match self.refund {
            None => ("0", "0", "", ""),
            Some(refund) => (
                refund.refund_id.as_str(),
                refund.terms.out_refund_no.as_str(),
                "ORIGINAL",
                refund.state.code(),
            ),
        };
        vec![
            yuan(paid),
            yuan(0),
            id.to_owned(),
            number.to_owned(),
            yuan(refunded),
            yuan(0),
            kind.to_owned(),
            state.to_owned(),
            terms.description.clone(),
            terms.attach.clone().unwrap_or_default(),
            "0.00000".to_owned(),
            "0.00%".to_owned(),
            yuan(paid),
            yuan(refunded),
            String::new(),
        ]
    }
}

fn summary(rows: &[Row<'_>]) -> String {
    let paid = rows.iter().map(|row| row.fen().0).sum();
    let refunded = rows.iter().map(|row| row.fen().1).sum();
    line(&[
        rows.len().to_string(),
        yuan(paid),
        yuan(refunded),
        yuan(0),
        "0.00000".to_owned(),
        yuan(paid),
        yuan(refunded),
    ])
}

/// WeChat does not quote; a comma inside a value would move all columns behind it.
fn line(values: &[String]) -> String {
    let cells: Vec<String> = values
        .iter()
        .map(|value| {
            let value = value.replace(',', "，").replace(['\r', '\n'], " ");
            format!("`{value}")
        })
        .collect();
    cells.join(",")
}

/// Fen as yuan with two decimals; amounts are never negative here.
fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::tests::clock::TestClock;
    use crate::tests::samples::{order, paid_order, refund};

    fn write_sample(day: &str) -> Option<String> {
        let settings = Settings::for_tests(Arc::new(TestClock::at("2026-12-02T12:00:00+08:00")));
        let mut ended = refund("R-1", 1205, "12:40:00");
        ended.settle(beijing::parse("2026-12-01T12:40:03+08:00").unwrap());
        let mut named = paid_order("ORDER-1", 6000);
        named.terms.description = "门票,成人\n一张".to_owned();
        let orders = [named, order("ORDER-2", 1)];
        write(&settings, day.parse().unwrap(), &orders, &[ended])
    }

    #[test]
    fn columns_are_as_many_as_their_headers_and_the_sums_are_right() {
        let file = write_sample("2026-12-01").unwrap();
        let lines: Vec<&str> = file.lines().collect();
        assert_eq!(lines.len(), 5);
        let columns = lines[0].split(',').count();
        assert_eq!(columns, 27);
        for row in &lines[1..3] {
            assert_eq!(row.split(',').count(), columns, "{row}");
            assert!(row.split(',').all(|cell| cell.starts_with('`')));
        }
        assert!(lines[1].starts_with("`2026-12-01 12:10:00,"));
        assert!(lines[1].contains("`SUCCESS,") && lines[1].contains("`60.00,"));
        assert!(lines[2].contains("`REFUND,") && lines[2].contains("`12.05,"));
        let sums = "`2,`60.00,`12.05,`0.00,`0.00000,`60.00,`12.05";
        assert_eq!(lines[4], sums);
    }

    #[test]
    fn a_day_without_trade_has_no_bill() {
        assert_eq!(write_sample("2026-12-02"), None);
    }
}
