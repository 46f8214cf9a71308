//! A visit day with everything that was sold for it.

use std::collections::BTreeMap;

use domain::calendar::{DayState, Hours, OpeningDay};
use domain::no_show::Ban;
use domain::quota::{Quota, QuotaKey};
use domain::session::SessionCode;
use domain::venue::VenueCode;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::crowd;
use super::fates::{Booked, live};
use super::office::Office;
use super::orders::{Conduct, Guest, Missing as _, Party, arrivals, place};
use super::plan::PlannedDay;
use crate::failure::{Context as _, Failure};

/// A visit day in the evening.
pub(super) struct DayOfSales {
    /// The day.
    pub(super) day: OpeningDay,
    /// Its quotas, as the orders left them.
    pub(super) quotas: Vec<Quota>,
    /// The orders, the first one first.
    pub(super) orders: Vec<Booked>,
    /// The bans that its no-shows brought.
    pub(super) bans: Vec<Ban>,
}

/// How many have their third no-show on each day.
const TRUANTS: u64 = 5;

/// Their visits are so many days apart.
const BETWEEN_VISITS: [u64; 3] = [0, 30, 60];

/// One of so many guests has been here before, perhaps.
const COMES_AGAIN: u64 = 7;

/// Within so many days.
const AGAIN_WITHIN: u64 = 90;

/// How many visitors of a hundred orders have 1, 2, 3, 4 and 5: two and a half on average.
const SIZES: [u32; 5] = [25, 33, 20, 12, 10];

/// The same day of the same plan has the same visitors and orders in every run; nonces differ.
pub(super) fn sell(office: &Office<'_>, day: &PlannedDay) -> Result<DayOfSales, Failure> {
    let mut chance = StdRng::seed_from_u64(day.before);
    let mut parties = parties(day, &mut chance);
    let instants = arrivals(office, day, parties.len(), &mut chance);
    for (party, instant) in parties.iter_mut().zip(instants) {
        party.created_at = instant;
    }
    let mut orders = Vec::with_capacity(parties.len());
    let mut bans = Vec::new();
    for party in &parties {
        let order = place(office, day, party, &mut chance)?;
        let booked = live(office, day, order, party, &mut chance)?;
        bans.extend(ban(office, day, party, &booked));
        orders.push(booked);
    }
    let hours = Hours::of_season(day.date.season());
    Ok(DayOfSales {
        day: OpeningDay::new(day.date, DayState::Open, hours, None),
        quotas: quotas(office, day, &orders)?,
        orders,
        bans,
    })
}

/// Who comes, in parties of one to five; when is not decided yet.
fn parties(day: &PlannedDay, chance: &mut StdRng) -> Vec<Party> {
    let mut truants = truants(day);
    truants.truncate(usize::try_from(day.tickets / 10).unwrap_or(0));
    let alone = u64::try_from(truants.len()).unwrap_or(0);
    let mut groups: Vec<Vec<Guest>> = truants.into_iter().map(|guest| vec![guest]).collect();
    let mut guests =
        (0..day.tickets.saturating_sub(alone)).map(|place| guest(day, place, chance.random()));
    let mut sizes = StdRng::seed_from_u64(day.before | 1 << 32);
    loop {
        let group: Vec<Guest> = guests.by_ref().take(size(&mut sizes)).collect();
        if group.is_empty() {
            break;
        }
        // The truants' orders come at any time, not first.
        let place = sizes.random_range(0..=groups.len());
        groups.push(group);
        let last = groups.len() - 1;
        if last < usize::try_from(alone * 2).unwrap_or(0) {
            groups.swap(place, last);
        }
    }
    (0..)
        .zip(groups)
        .map(|(order, guests)| Party {
            account: match order {
                0 => crowd::GUIDE,
                order => crowd::account_number(day.before, day.stride, order),
            },
            created_at: day.date.start(),
            guests,
        })
        .collect()
}

fn truants(day: &PlannedDay) -> Vec<Guest> {
    let thirds = BETWEEN_VISITS.iter().map(|ahead| day.before + ahead);
    thirds
        .flat_map(|third| (0..TRUANTS).map(move |place| crowd::truant(third, place)))
        .map(|number| Guest {
            number,
            conduct: Conduct::Truant,
        })
        .collect()
}

/// Whether who stands at that place of a day comes for the first time and once only.
pub(super) fn is_first_visit(place: u64) -> bool {
    !place.is_multiple_of(COMES_AGAIN)
}

/// The guest at that place of the day. Nobody stands at two places of one day: numbers are equal
/// only where the places are.
fn guest(day: &PlannedDay, place: u64, luck: u64) -> Guest {
    let own = day.first_visitor + place;
    if is_first_visit(place) {
        return Guest {
            number: own,
            conduct: Conduct::Free,
        };
    }
    let back = 1 + luck % AGAIN_WITHIN;
    Guest {
        number: own.checked_sub(back * day.stride).unwrap_or(own),
        conduct: Conduct::Reliable,
    }
}

fn size(chance: &mut StdRng) -> usize {
    let mut drawn = chance.random_range(0..SIZES.iter().sum::<u32>());
    let mut size = 1;
    for share in SIZES {
        if drawn < share {
            break;
        }
        drawn -= share;
        size += 1;
    }
    size
}

/// Rule 7.2, for one whose third no-show it is. A ban of an erased day is served, and gone.
fn ban(office: &Office<'_>, day: &PlannedDay, party: &Party, booked: &Booked) -> Option<Ban> {
    let no_show = booked.no_shows.first()?;
    let third = (0..TRUANTS).map(|place| crowd::truant(day.before, place));
    let mut third = third.filter(|number| party.guests.iter().any(|guest| guest.number == *number));
    // In the first days of the year nobody can have missed two visits of it before.
    third.next().filter(|_| day.before >= 60)?;
    Some(Ban::after(no_show.document, day.date, &office.rules))
}

fn quotas(office: &Office<'_>, day: &PlannedDay, orders: &[Booked]) -> Result<Vec<Quota>, Failure> {
    let mut taken: BTreeMap<(SessionCode, VenueCode), u32> = BTreeMap::new();
    for booked in orders {
        for (venue, places) in booked.order.live_places() {
            *taken
                .entry((booked.order.session.clone(), venue))
                .or_default() += places;
        }
    }
    let lines = office.template.iter().map(|line| {
        let key = QuotaKey {
            date: day.date,
            session: line.session.clone(),
            venue: line.venue.clone(),
        };
        let taken = taken.remove(&(line.session.clone(), line.venue.clone()));
        let taken = taken.unwrap_or_default();
        // More than the capacity only if the year was asked to be that full.
        Quota::restore(key, line.capacity, line.capacity.max(taken), taken)
    });
    let quotas = lines.collect::<Result<Vec<_>, _>>();
    let quotas = quotas.context("counting the places taken")?;
    taken.is_empty().then_some(()).context_of("a quota")?;
    Ok(quotas)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use domain::rules::Rules;
    use domain::visit_date::VisitDate;

    use super::super::plan::YearPlan;
    use super::*;

    #[test]
    fn nobody_comes_twice_on_a_day_and_some_come_again() {
        let plan = YearPlan {
            last: VisitDate::parse("2026-11-30").unwrap(),
            tickets: 365 * 400,
        };
        let (mut ever, mut again) = (HashSet::new(), 0);
        for day in plan.days(&Rules::default()) {
            let parties = parties(&day, &mut StdRng::seed_from_u64(day.before));
            let guests: Vec<u64> = parties
                .iter()
                .flat_map(|party| party.guests.iter().map(|guest| guest.number))
                .collect();
            assert_eq!(guests.len(), 400);
            let today: HashSet<u64> = guests.iter().copied().collect();
            assert_eq!(today.len(), 400, "{}", day.date);
            again += today.iter().filter(|guest| !ever.insert(**guest)).count();
            let accounts: HashSet<u64> = parties.iter().map(|party| party.account).collect();
            assert_eq!(accounts.len(), parties.len());
        }
        assert!(again > 1_000, "{again}");
    }
}
