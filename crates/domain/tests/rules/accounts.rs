//! Signing in, the phone number, and saved visitors.

use domain::account::OpenId;
use domain::id::{AccountId, SavedVisitorId};
use domain::phone::Phone;
use domain::ports::AccountQueries;
use domain::refusal::Reason;
use domain::use_cases::accounts::{PhoneError, change_phone, sign_in};
use domain::use_cases::order_request::{VisitorDraft, Who};
use domain::use_cases::saved_visitors::{SaveError, change_visitor, delete_visitor, save_visitor};
use domain::use_cases::standing::document_standing;

use super::office::{Office, codes, created, stated};

#[test]
fn the_first_sign_in_registers_and_later_ones_find() {
    let office = Office::with_capacity(1);
    let open_id = OpenId::parse("visitor-1").unwrap();
    let sign_in = || {
        let id = AccountId::next(&office.museum.ids);
        sign_in(
            office.museum.unit_of_work(),
            &open_id,
            id,
            office.museum.now(),
        )
        .unwrap()
    };
    assert_eq!(sign_in(), sign_in());
}

#[test]
fn a_phone_number_is_kept_with_its_proof() {
    let office = Office::with_capacity(1);
    let account = office.museum.account();
    let phone = Phone::parse("13912345678").unwrap();
    let changed = change_phone(office.museum.unit_of_work(), account.id, &phone, true).unwrap();
    assert_eq!(
        (changed.phone, changed.phone_verified),
        (Some(phone.clone()), true)
    );
    let typed = change_phone(office.museum.unit_of_work(), account.id, &phone, false).unwrap();
    assert!(!typed.phone_verified);
    let nobody = AccountId::next(&office.museum.ids);
    let error = change_phone(office.museum.unit_of_work(), nobody, &phone, true);
    assert_eq!(error, Err(PhoneError::NotFound));
}

#[test]
fn an_account_saves_ten_visitors_each_document_once() {
    let office = Office::with_capacity(1);
    let museum = &office.museum;
    let account = museum.account();
    let save = |person: &domain::testing::Person| {
        let id = SavedVisitorId::next(&museum.ids);
        let now = museum.now();
        let (unit_of_work, rules) = (museum.unit_of_work(), &museum.rules);
        save_visitor(
            unit_of_work,
            &museum.cipher,
            rules,
            account.id,
            id,
            &stated(person),
            now,
        )
    };
    let first = museum.adult();
    let saved = save(&first).unwrap();
    assert_eq!(save(&first), Err(SaveError::AlreadySaved));
    for _ in 1..10 {
        save(&museum.adult()).unwrap();
    }
    assert_eq!(save(&museum.adult()), Err(SaveError::TooMany(10)));
    let unit_of_work = museum.unit_of_work();
    let stranger = museum.account();
    assert_eq!(
        delete_visitor(unit_of_work, stranger.id, saved.id),
        Err(SaveError::NotFound)
    );
    delete_visitor(unit_of_work, account.id, saved.id).unwrap();
    assert_eq!(
        delete_visitor(unit_of_work, account.id, saved.id),
        Err(SaveError::NotFound)
    );
    assert_eq!(office.store.visitors(account.id).unwrap().len(), 9);
    save(&museum.adult()).unwrap();
}

#[test]
fn a_saved_visitor_can_be_changed_and_ordered_for() {
    let office = Office::with_capacity(10);
    let museum = &office.museum;
    let account = museum.account();
    let id = SavedVisitorId::next(&museum.ids);
    let (now, unit_of_work) = (museum.now(), museum.unit_of_work());
    let (one, two) = (museum.adult(), museum.adult());
    let rules = &museum.rules;
    save_visitor(
        unit_of_work,
        &museum.cipher,
        rules,
        account.id,
        id,
        &stated(&one),
        now,
    )
    .unwrap();
    change_visitor(
        unit_of_work,
        &museum.cipher,
        account.id,
        id,
        &stated(&two),
        now,
    )
    .unwrap();
    let mut broken = stated(&two);
    broken.name = "1".to_owned();
    broken.document_number = "1".to_owned();
    let error = change_visitor(unit_of_work, &museum.cipher, account.id, id, &broken, now);
    let Err(SaveError::Invalid(reasons)) = error else {
        panic!("{error:?}");
    };
    let codes_of: Vec<_> = reasons.iter().map(Reason::code).collect();
    assert_eq!(codes_of, ["name.invalid", "document.invalid"]);

    let draft = |id| VisitorDraft {
        who: Who::Saved(id),
        category: domain::category::Category::Standard,
        add_ons: std::collections::BTreeSet::new(),
    };
    let other = museum.account();
    let placed = office.place(office.draft(&other, vec![draft(id)]));
    assert_eq!(codes(&placed), [(Some(0), "visitor.not_found")]);
    let order = created(&office.place(office.draft(&account, vec![draft(id)])));
    let ticket = &order.tickets[0];
    let identity = ticket.identity.clone().unwrap();
    let revealed =
        domain::sealed::IdentityCipher::open(&museum.cipher, ticket.id.uuid(), &identity);
    assert_eq!(revealed.unwrap().number, two.document.number());
}

#[test]
fn a_standing_is_shown_before_it_matters() {
    let office = Office::with_capacity(1);
    let person = office.museum.adult();
    let document = domain::sealed::IdentityCipher::hash(&office.museum.cipher, &person.document);
    let now = office.museum.now();
    let standing = document_standing(&*office.store, &office.museum.rules, document, now).unwrap();
    assert_eq!((standing.count, standing.banned_until), (0, None));
    assert_eq!(standing.after_one_more.count, 1);
}
