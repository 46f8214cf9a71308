use serde_json::json;

use crate::house::House;

#[test]
fn the_same_person_has_one_account() {
    let house = House::open();
    let first = house.tourist("anna").get("/me").expect(200);
    let again = house.tourist("anna").get("/me").expect(200);
    let other = house.tourist("ben").get("/me").expect(200);
    assert_eq!(first["id"], again["id"]);
    assert_ne!(first["id"], other["id"]);
    assert!(first["phone"].is_null());
    assert_eq!(first["registered_at"], "2026-11-25T10:00:00+08:00");
}

#[test]
fn a_phone_number_is_typed_or_comes_from_wechat() {
    let house = House::open();
    let anna = house.tourist("anna");
    let typed = anna
        .put("/me/phone", &json!({ "phone": " 138 1234 5678" }))
        .expect(200);
    assert_eq!(
        (&typed["phone"], &typed["phone_verified"]),
        (&json!("13812345678"), &json!(false))
    );
    let code = json!({ "wechat_code": "sandbox:13987654321" });
    let verified = anna.put("/me/phone", &code).expect(200);
    assert_eq!(
        (&verified["phone"], &verified["phone_verified"]),
        (&json!("13987654321"), &json!(true))
    );
    assert_eq!(anna.get("/me").expect(200), verified);
}

#[test]
fn visitors_are_saved_changed_and_deleted() {
    let house = House::open();
    let anna = house.tourist("anna");
    let (first, second) = (house.museum.adult(), house.museum.adult());
    let body = |number: &str| json!({ "name": "张三丰", "document_type": "id_card", "document_number": number });
    let saved = anna
        .post("/me/visitors", &body(first.document.number()))
        .expect(201);
    assert_eq!(saved["name"], "张三丰");
    assert_eq!(saved["document_masked"], first.document.masked());
    assert!(!saved.to_string().contains(first.document.number()));
    assert_eq!(
        anna.get("/me/visitors").expect(200)["items"],
        json!([saved])
    );

    anna.post("/me/visitors", &body(first.document.number()))
        .refused(409, "visitor.exists");
    let path = format!("/me/visitors/{}", saved["id"].as_str().unwrap());
    let changed = anna.put(&path, &body(second.document.number())).expect(200);
    assert_eq!(changed["id"], saved["id"]);
    assert_eq!(changed["document_masked"], second.document.masked());

    assert_eq!(anna.delete(&path).status, 204);
    anna.delete(&path).refused(404, "not_found");
    assert_eq!(anna.get("/me/visitors").expect(200)["items"], json!([]));
}

#[test]
fn an_eleventh_visitor_is_not_saved() {
    let house = House::open();
    let anna = house.tourist("anna");
    for number in 0..11 {
        let person = house.museum.adult();
        let body = json!({
            "name": person.name.as_str(),
            "document_type": "id_card",
            "document_number": person.document.number(),
        });
        let answer = anna.post("/me/visitors", &body);
        match number {
            10 => answer.refused(409, "visitor.limit"),
            _ => assert_eq!(answer.status, 201, "{}", answer.body),
        }
    }
}

#[test]
fn a_standing_is_asked_by_visitor_or_document() {
    let house = House::open();
    let anna = house.tourist("anna");
    let person = house.museum.adult();
    let clean = json!({ "no_shows": 0, "after_one_more": { "no_shows": 1 } });
    let document = json!({
        "document_type": "id_card", "document_number": person.document.number(),
    });
    assert_eq!(anna.post("/me/standing", &document).expect(200), clean);
    let mut visitor = document.clone();
    visitor["name"] = person.name.as_str().into();
    let saved = anna.post("/me/visitors", &visitor).expect(201);
    let by_id = json!({ "visitor_id": saved["id"] });
    assert_eq!(anna.post("/me/standing", &by_id).expect(200), clean);
    house
        .tourist("ben")
        .post("/me/standing", &by_id)
        .refused(404, "not_found");
}
