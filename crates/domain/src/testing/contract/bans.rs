//! No-shows and bans.

use crate::id::TicketId;
use crate::no_show::{Ban, NoShow, NoShowCause};
use crate::order::Order;
use crate::sealed::DocumentHash;
use crate::visit_date::VisitDate;

use super::Subject;
use super::scene::Scene;

/// A stored order, and the document of its one ticket.
fn someone(scene: &Scene) -> (Order, DocumentHash) {
    let order = scene.unpaid();
    scene.store(std::slice::from_ref(&order));
    let document = order.tickets[0].document_hash.unwrap();
    (order, document)
}

fn no_show(scene: &Scene, document: DocumentHash, date: VisitDate, ticket: TicketId) -> NoShow {
    NoShow {
        document,
        date,
        cause: NoShowCause::LateRefund,
        ticket,
        recorded_at: scene.now(),
    }
}

pub fn a_ban_is_told_until_its_last_day(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [(_, document), (_, other)] = [someone(&scene), someone(&scene)];
    let ban = Ban::after(document, scene.day(), &scene.museum.rules);
    scene.run(|stores| stores.bans().ban(&ban));
    let (last, after) = (ban.last_day, ban.last_day.plus_days(1));
    scene.run(|stores| {
        let bans = stores.bans();
        assert_eq!(
            bans.bans(&[document, other], last)?,
            std::slice::from_ref(&ban)
        );
        assert_eq!(bans.bans(&[document, other], after)?, []);
        assert_eq!(bans.bans(&[other], last)?, []);
        Ok(())
    });
}

pub fn no_shows_are_told_in_date_order(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [(order, one), (_, two)] = [someone(&scene), someone(&scene)];
    let day = |number| scene.day().plus_days(number);
    let missed = [(one, day(5)), (two, day(3)), (one, day(1)), (one, day(0))];
    scene.run(|stores| {
        for (document, date) in missed {
            let no_show = no_show(&scene, document, date, order.tickets[0].id);
            stores.bans().record(&no_show)?;
        }
        Ok(())
    });
    scene.run(|stores| {
        let told = stores.bans().no_shows(&[one, two], day(1))?;
        assert_eq!(told, [(one, day(1)), (two, day(3)), (one, day(5))]);
        assert_eq!(stores.bans().no_shows(&[two], day(4))?, []);
        Ok(())
    });
}

pub fn a_second_no_show_a_day_changes_nothing(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (order, document) = someone(&scene);
    let first = no_show(&scene, document, scene.day(), order.tickets[0].id);
    let second = NoShow {
        cause: NoShowCause::Absent,
        ..first.clone()
    };
    scene.run(|stores| stores.bans().record(&first));
    scene.run(|stores| stores.bans().record(&second));
    let days = scene.run(|stores| stores.bans().no_shows(&[document], scene.day()));
    assert_eq!(days, [(document, scene.day())]);
}

pub fn a_second_ban_of_a_day_changes_nothing(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (_, document) = someone(&scene);
    let ban = Ban::after(document, scene.day(), &scene.museum.rules);
    let longer = Ban {
        last_day: ban.last_day.plus_days(30),
        ..ban.clone()
    };
    scene.run(|stores| stores.bans().ban(&ban));
    scene.run(|stores| stores.bans().ban(&longer));
    let bans = scene.run(|stores| stores.bans().bans(&[document], scene.day()));
    assert_eq!(bans, [ban]);
}

pub fn a_ban_consumes_what_led_to_it(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [(order, document), (_, other)] = [someone(&scene), someone(&scene)];
    let day = |number| scene.day().plus_days(number);
    let ban = Ban::after(document, day(2), &scene.museum.rules);
    scene.run(|stores| {
        for (document, number) in [(document, 0), (document, 2), (document, 3), (other, 0)] {
            let no_show = no_show(&scene, document, day(number), order.tickets[0].id);
            stores.bans().record(&no_show)?;
        }
        stores.bans().ban(&ban)
    });
    let counting = scene.run(|stores| stores.bans().no_shows(&[document, other], day(0)));
    assert_eq!(counting, [(other, day(0)), (document, day(3))]);
}
