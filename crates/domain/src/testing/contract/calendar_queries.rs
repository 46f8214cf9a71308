//! Read models of days, quotas and the catalogue.

use crate::session::first_sessions;
use crate::ticket_type::default_prices;
use crate::venue::first_venues;

use super::Subject;
use super::scene::Scene;

pub fn days_and_quotas_of_a_range(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let day = |number| scene.day().plus_days(number);
    for number in [3, 0, 1, 2] {
        scene.museum.open(day(number), 10);
    }
    let days = scene.queries.days(day(1), day(2)).unwrap();
    let dates: Vec<_> = days.iter().map(|opening| opening.date()).collect();
    assert_eq!(dates, [day(1), day(2)]);
    let quotas = scene.queries.quotas(day(1), day(2)).unwrap();
    assert_eq!(quotas.len(), 16);
    assert!(quotas.is_sorted_by_key(|quota| quota.key().clone()));
    assert!(quotas.iter().all(|quota| dates.contains(&quota.key().date)));
    assert_eq!(scene.queries.days(day(4), day(9)), Ok(vec![]));
}

pub fn the_catalogue_is_read(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    assert_eq!(scene.queries.sessions(), Ok(first_sessions()));
    assert_eq!(scene.queries.venues(), Ok(first_venues()));
    assert_eq!(scene.queries.prices(), Ok(default_prices()));
}
