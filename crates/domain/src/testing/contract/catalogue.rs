//! Sessions, venues and prices.

use chrono::NaiveTime;

use crate::category::Category;
use crate::money::Fen;
use crate::season::Season;
use crate::session::{Session, first_sessions};
use crate::testing::{session, venue};
use crate::text::LocalText;
use crate::ticket_type::{PriceKey, PriceList, default_prices};
use crate::venue::{Venue, VenueKind, first_venues};

use super::Subject;
use super::scene::Scene;

pub fn a_new_store_has_none(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    scene.run(|stores| {
        assert_eq!(stores.catalogue().sessions()?, []);
        assert_eq!(stores.catalogue().venues()?, []);
        assert_eq!(stores.catalogue().prices()?, PriceList::default());
        Ok(())
    });
}

pub fn sessions_are_by_position(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let mut sessions = first_sessions();
    sessions.reverse();
    scene.run(|stores| stores.catalogue().put_sessions(&sessions));
    let stored = scene.run(|stores| stores.catalogue().sessions());
    assert_eq!(stored, first_sessions());
}

pub fn venues_are_by_position(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let mut venues = first_venues();
    venues.reverse();
    scene.run(|stores| stores.catalogue().put_venues(&venues));
    let stored = scene.run(|stores| stores.catalogue().venues());
    assert_eq!(stored, first_venues());
}

pub fn prices_are_those_put(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let stored = scene.run(|stores| stores.catalogue().prices());
    assert_eq!(stored, default_prices());
}

pub fn what_exists_is_written_anew(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (from, until) = (
        NaiveTime::from_hms_opt(9, 30, 0),
        NaiveTime::from_hms_opt(11, 45, 0),
    );
    let name = LocalText::new("清晨场", "Early");
    let changed = Session::new(session("afternoon"), name.clone(), from, until, 0).unwrap();
    let garden = Venue::new(venue("palace"), name, VenueKind::AddOn, 9);
    let key = PriceKey {
        venue: venue("palace"),
        category: Category::Standard,
        season: Season::Low,
    };
    scene.run(|stores| {
        let catalogue = stores.catalogue();
        catalogue.put_sessions(std::slice::from_ref(&changed))?;
        catalogue.put_venues(std::slice::from_ref(&garden))?;
        catalogue.put_prices(&[(key.clone(), Fen::from_yuan(45))])
    });
    scene.run(|stores| {
        let [first, second] = [changed.clone(), first_sessions().remove(0)];
        assert_eq!(stores.catalogue().sessions()?, [first, second]);
        assert_eq!(stores.catalogue().venues()?.pop(), Some(garden.clone()));
        assert_eq!(stores.catalogue().venues()?.len(), first_venues().len());
        let prices = stores.catalogue().prices()?;
        let price = prices.price(&key.venue, key.category, key.season);
        assert_eq!(price, Some(Fen::from_yuan(45)));
        assert_eq!(prices.rows().count(), default_prices().rows().count());
        Ok(())
    });
}
