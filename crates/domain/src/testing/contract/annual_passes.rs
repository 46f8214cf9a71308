//! Annual passes, in a unit of work and as they are read.

use chrono::NaiveDate;

use crate::annual_pass::AnnualPass;
use crate::id::AnnualPassId;
use crate::identity::{DocumentType, Nationality};
use crate::order::CancelCause;
use crate::ports::{StoreError, UniqueKey};

use super::Subject;
use super::scene::{Scene, ids_of};

const DUPLICATE: StoreError = StoreError::Duplicate(UniqueKey::Other);

/// A stored pass of a new person.
fn pass(scene: &Scene) -> AnnualPass {
    scene.museum.annual_pass(&scene.museum.adult())
}

fn insert(scene: &Scene, pass: &AnnualPass) -> Result<(), StoreError> {
    scene.attempt(|stores| stores.annual_passes().insert(pass))
}

fn read(scene: &Scene, id: AnnualPassId) -> Option<AnnualPass> {
    scene.queries.annual_pass(id).unwrap()
}

pub fn a_pass_comes_whole(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let simple = pass(&scene);
    let foreign = AnnualPass {
        id: AnnualPassId::new(scene.museum.next_id()),
        document_type: DocumentType::Passport,
        nationality: Some(Nationality::parse("FRA").unwrap()),
        document_hash: Some(crate::sealed::DocumentHash([3; 16])),
        birth_date: NaiveDate::from_ymd_opt(2012, 2, 29),
        reserved: 2,
        used: 3,
        voided_at: Some(scene.after(5)),
        ..simple.clone()
    };
    insert(&scene, &foreign).unwrap();
    for pass in [simple, foreign] {
        assert_eq!(read(&scene, pass.id).as_ref(), Some(&pass));
        let locked = scene.run(|stores| stores.annual_passes().lock(&[pass.id]));
        assert_eq!(locked, [pass]);
    }
    assert_eq!(
        read(&scene, AnnualPassId::new(scene.museum.next_id())),
        None
    );
}

pub fn a_pass_is_found_by_document_and_year(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (pass, _other) = (pass(&scene), pass(&scene));
    let document = pass.document_hash.unwrap();
    let find = |year| scene.run(|stores| stores.annual_passes().of_document(document, year));
    assert_eq!(find(pass.year), Some(pass.clone()));
    assert_eq!(find(pass.year + 1), None);
}

pub fn a_document_has_one_pass_a_year(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let first = pass(&scene);
    let second = AnnualPass {
        id: AnnualPassId::new(scene.museum.next_id()),
        ..first.clone()
    };
    assert_eq!(insert(&scene, &second), Err(DUPLICATE));
    let next_year = AnnualPass {
        year: first.year + 1,
        ..second
    };
    assert_eq!(insert(&scene, &next_year), Ok(()));
}

pub fn erased_passes_are_equal_to_none(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    for _ in 0..2 {
        let erased = AnnualPass {
            id: AnnualPassId::new(scene.museum.next_id()),
            document_hash: None,
            identity: None,
            birth_date: None,
            ..pass(&scene)
        };
        assert_eq!(insert(&scene, &erased), Ok(()));
        assert_eq!(read(&scene, erased.id), Some(erased));
    }
}

pub fn those_locked_come_by_id(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [one, two, three] = [pass(&scene), pass(&scene), pass(&scene)];
    let absent = AnnualPassId::new(scene.museum.next_id());
    let ids = [three.id, absent, one.id, two.id];
    let locked = scene.run(|stores| stores.annual_passes().lock(&ids));
    assert_eq!(locked, [one, two, three]);
    assert_eq!(scene.run(|stores| stores.annual_passes().lock(&[])), []);
}

pub fn entries_and_voiding_are_saved_and_nothing_else(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (first, second) = (pass(&scene), pass(&scene));
    let changed = AnnualPass {
        reserved: 4,
        used: 5,
        voided_at: Some(scene.after(7)),
        ..first.clone()
    };
    scene.run(|stores| {
        let mut passes = stores.annual_passes().lock(&[first.id, second.id])?;
        passes[0] = AnnualPass {
            document_type: DocumentType::Passport,
            document_hash: None,
            identity: None,
            birth_date: None,
            year: first.year + 1,
            entries: 11,
            granted_at: scene.after(9),
            ..changed.clone()
        };
        stores.annual_passes().save(&passes)
    });
    assert_eq!(read(&scene, first.id), Some(changed));
    assert_eq!(read(&scene, second.id), Some(second));
}

pub fn no_more_is_taken_than_was_granted(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let pass = pass(&scene);
    let saved = |reserved, used| {
        scene.attempt(|stores| {
            let mut passes = stores.annual_passes().lock(&[pass.id])?;
            passes[0].reserved = reserved;
            passes[0].used = used;
            stores.annual_passes().save(&passes)
        })
    };
    assert_eq!(saved(4, pass.entries - 4), Ok(()));
    let refused = saved(5, pass.entries - 4);
    assert!(matches!(refused, Err(StoreError::Fault(_))), "{refused:?}");
    assert_eq!(read(&scene, pass.id).unwrap().reserved, 4);
}

pub fn those_not_void_are_told_by_id(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let template = pass(&scene);
    let of_year = |year: i32, number: u8| {
        let pass = AnnualPass {
            id: AnnualPassId::new(scene.museum.next_id()),
            document_hash: Some(crate::sealed::DocumentHash([number; 16])),
            year,
            ..template.clone()
        };
        insert(&scene, &pass).unwrap();
        pass.id
    };
    let (one, two, three) = (of_year(2024, 1), of_year(2025, 2), of_year(2025, 3));
    let not_void = |limit| scene.run(|stores| stores.annual_passes().not_void(2025, limit));
    assert_eq!(not_void(9), [one, two, three]);
    assert_eq!(not_void(2), [one, two]);
    scene.run(|stores| {
        let mut passes = stores.annual_passes().lock(&[one])?;
        passes[0].void(scene.now());
        stores.annual_passes().save(&passes)
    });
    assert_eq!(not_void(9), [two, three]);
}

pub fn passes_of_documents_come_latest_year_first(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (one, two, _other) = (pass(&scene), pass(&scene), pass(&scene));
    let before = AnnualPass {
        id: AnnualPassId::new(scene.museum.next_id()),
        year: one.year - 1,
        ..one.clone()
    };
    insert(&scene, &before).unwrap();
    let documents = [two.document_hash.unwrap(), one.document_hash.unwrap()];
    let told = scene.queries.annual_passes(&documents);
    assert_eq!(told, Ok(vec![one, two, before]));
    assert_eq!(scene.queries.annual_passes(&[]), Ok(vec![]));
}

pub fn visits_come_by_date(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person = scene.museum.adult();
    let pass = scene.museum.annual_pass(&person);
    let (mine, others) = (scene.museum.account(), scene.museum.account());
    let visit = |account, days: i64| {
        let order = scene.museum.order(account).on(scene.day().plus_days(days));
        order.on_pass(&pass, &person).build_paid()
    };
    let [late, early, elsewhere] = [visit(&mine, 2), visit(&mine, 0), visit(&others, 1)];
    scene.store(&[
        late.clone(),
        early.clone(),
        elsewhere.clone(),
        scene.unpaid(),
    ]);
    let visits = |account| scene.queries.pass_visits(&[pass.id], account).unwrap();
    assert_eq!(visits(None), [early.clone(), elsewhere, late.clone()]);
    assert_eq!(visits(Some(mine.id)), [early, late]);
    assert_eq!(scene.queries.pass_visits(&[], None), Ok(vec![]));
}

pub fn a_visit_names_its_pass(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person = scene.museum.adult();
    let pass = scene.museum.annual_pass(&person);
    let visit = scene.order().on_pass(&pass, &person).build_paid();
    scene.store(std::slice::from_ref(&visit));
    assert_eq!(scene.found(visit.id), visit);
    assert_eq!(visit.pass, Some(pass.id));
}

pub fn the_passes_of_orders_are_told_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let visit = |date| {
        let person = scene.museum.adult();
        let pass = scene.museum.annual_pass(&person);
        let visits = [0_i64, 1].map(|days| {
            let order = scene.order().on(scene.day().plus_days(date + days));
            order.on_pass(&pass, &person).build_paid()
        });
        scene.store(&visits);
        visits
    };
    let ([one, again], [two, _]) = (visit(0), visit(1));
    let bought = scene.unpaid();
    scene.store(std::slice::from_ref(&bought));
    let orders = [two.id, bought.id, again.id, one.id, scene.unpaid().id];
    let mut expected = [one.pass.unwrap(), two.pass.unwrap()];
    expected.sort();
    let told = scene.run(|stores| stores.orders().passes_of(&orders));
    assert_eq!(told, expected);
    assert_eq!(scene.run(|stores| stores.orders().passes_of(&[])), []);
}

pub fn a_visit_without_its_pass_is_refused(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person = scene.museum.adult();
    let pass = scene.museum.annual_pass(&person);
    let mut visit = scene.order().on_pass(&pass, &person).build_paid();
    visit.pass = None;
    let mut bought = scene.unpaid();
    bought.pass = Some(pass.id);
    for order in [visit, bought] {
        let refused = scene.attempt(|stores| stores.orders().insert(std::slice::from_ref(&order)));
        assert!(matches!(refused, Err(StoreError::Fault(_))), "{refused:?}");
    }
}

pub fn a_pass_stays_with_its_order(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.unpaid();
    scene.store(std::slice::from_ref(&order));
    scene.change(order.id, |order| {
        order.cancel(CancelCause::Tourist).unwrap();
        order.pass = Some(AnnualPassId::new(scene.museum.next_id()));
    });
    assert_eq!(scene.found(order.id).pass, None);
    assert_eq!(ids_of(&[scene.found(order.id)]), [order.id]);
}
