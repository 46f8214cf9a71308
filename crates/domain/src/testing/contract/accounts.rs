//! Accounts.

use crate::account::{Account, OpenId};
use crate::phone::Phone;
use crate::ports::{StoreError, UniqueKey};

use super::Subject;
use super::scene::{Scene, account_of};

pub fn an_account_is_found_by_id_and_person(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let account = account_of(&scene, "oABC-def_123");
    scene.run(|stores| stores.accounts().insert(&account));
    let other_case = OpenId::parse("oabc-def_123").unwrap();
    let unknown = account_of(&scene, "nobody").id;
    scene.run(|stores| {
        let accounts = stores.accounts();
        assert_eq!(accounts.find(account.id)?.as_ref(), Some(&account));
        let by_person = accounts.find_open_id(&account.open_id)?;
        assert_eq!(by_person.as_ref(), Some(&account));
        assert_eq!(accounts.find_open_id(&other_case)?, None);
        assert_eq!(accounts.find(unknown)?, None);
        Ok(())
    });
}

pub fn a_person_has_one_account(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let [first, second] = ["person", "person"].map(|name| account_of(&scene, name));
    scene.run(|stores| stores.accounts().insert(&first));
    let again = scene.attempt(|stores| stores.accounts().insert(&second));
    assert_eq!(again, Err(StoreError::Duplicate(UniqueKey::Other)));
    assert_eq!(scene.queries.account(second.id), Ok(None));
}

pub fn a_phone_is_saved(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let account = account_of(&scene, "person");
    scene.run(|stores| stores.accounts().insert(&account));
    let with_phone = Account {
        phone: Some(Phone::parse("+85212345678").unwrap()),
        phone_verified: true,
        ..account.clone()
    };
    scene.run(|stores| stores.accounts().save_phone(&with_phone));
    scene.run(|stores| stores.accounts().save_phone(&with_phone));
    let stored = scene.queries.account(account.id);
    assert_eq!(stored, Ok(Some(with_phone)));
}

pub fn verified_numbers_name_their_accounts(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let [one, two, unverified, other] = [(); 4].map(|()| scene.museum.account());
    let phone = one.phone.clone().unwrap();
    let another = Phone::parse("13900139000").unwrap();
    let save = |account: &Account, phone: &Phone, verified| {
        let account = Account {
            phone: Some(phone.clone()),
            phone_verified: verified,
            ..account.clone()
        };
        scene.run(|stores| stores.accounts().save_phone(&account));
        account
    };
    let verified = || {
        let found = scene.run(|stores| stores.accounts().verified_with(&phone));
        let mut ids: Vec<_> = found.iter().map(|account| account.id).collect();
        ids.sort();
        ids
    };
    assert_eq!(verified(), [], "all four have the number, none verified");
    let one = save(&one, &phone, true);
    save(&unverified, &phone, false);
    save(&other, &another, true);
    let found = scene.run(|stores| stores.accounts().verified_with(&phone));
    assert_eq!(found, std::slice::from_ref(&one));
    save(&two, &phone, true);
    assert_eq!(verified(), [one.id, two.id]);
}

pub fn an_account_is_locked(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let (account, nobody) = (account_of(&scene, "person"), account_of(&scene, "nobody"));
    scene.run(|stores| stores.accounts().insert(&account));
    let locked = scene.run(|stores| stores.accounts().lock(account.id));
    assert_eq!(locked.as_ref(), Some(&account));
    let locked = scene.run(|stores| stores.accounts().lock(nobody.id));
    assert_eq!(locked, None);
}
