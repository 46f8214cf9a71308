//! The tables as diesel sees them; `migrations/` makes them and `docs/schema.sql` shows them.

diesel::table! {
    opening_days (visit_date) {
        visit_date -> Date,
        state -> VarChar,
        opens -> Time,
        last_entry -> Time,
        closes -> Time,
        note_zh -> Nullable<VarChar>,
        note_en -> Nullable<VarChar>,
        version -> Unsigned<BigInt>,
    }
}

diesel::table! {
    holiday_years (year) {
        year -> Integer,
    }
}

diesel::table! {
    holiday_periods (first_day) {
        first_day -> Date,
        last_day -> Date,
        name_zh -> VarChar,
        name_en -> VarChar,
        eve -> Nullable<Date>,
    }
}

diesel::table! {
    sessions (code) {
        code -> VarChar,
        name_zh -> VarChar,
        name_en -> VarChar,
        entry_from -> Nullable<Time>,
        entry_until -> Nullable<Time>,
        position -> Unsigned<SmallInt>,
    }
}

diesel::table! {
    venues (code) {
        code -> VarChar,
        name_zh -> VarChar,
        name_en -> VarChar,
        kind -> VarChar,
        position -> Unsigned<SmallInt>,
    }
}

diesel::table! {
    ticket_prices (venue_code, category, season) {
        venue_code -> VarChar,
        category -> VarChar,
        season -> VarChar,
        price_fen -> BigInt,
    }
}

diesel::table! {
    quotas (visit_date, session_code, venue_code) {
        visit_date -> Date,
        session_code -> VarChar,
        venue_code -> VarChar,
        capacity -> Unsigned<Integer>,
        ceiling -> Unsigned<Integer>,
        taken -> Unsigned<Integer>,
    }
}

diesel::table! {
    orders (id) {
        id -> Binary,
        number -> VarChar,
        account_id -> Binary,
        kind -> VarChar,
        visit_date -> Date,
        session_code -> VarChar,
        phone -> Nullable<VarChar>,
        state -> VarChar,
        cancel_cause -> Nullable<VarChar>,
        unpaid_account -> Nullable<Binary>,
        request_key -> Binary,
        body_digest -> Binary,
        created_at -> Datetime,
        pay_by -> Datetime,
        paid_at -> Nullable<Datetime>,
        total_fen -> BigInt,
        paid_fen -> BigInt,
        refunded_fen -> BigInt,
        annual_pass_id -> Nullable<Binary>,
    }
}

diesel::table! {
    tickets (id) {
        id -> Binary,
        order_id -> Binary,
        position -> Unsigned<TinyInt>,
        visit_date -> Date,
        session_code -> VarChar,
        account_id -> Binary,
        venue_code -> VarChar,
        document_type -> VarChar,
        nationality -> Nullable<VarChar>,
        document_hash -> Nullable<Binary>,
        active_document -> Nullable<Binary>,
        sealed_key_id -> Nullable<VarChar>,
        sealed_identity -> Nullable<Varbinary>,
        age -> Unsigned<TinyInt>,
        category -> VarChar,
        price_fen -> BigInt,
        state -> VarChar,
        admitted_at -> Nullable<Datetime>,
        admitted_gate -> Nullable<VarChar>,
    }
}

diesel::table! {
    ticket_add_ons (id) {
        id -> Binary,
        ticket_id -> Binary,
        order_id -> Binary,
        position -> Unsigned<TinyInt>,
        visit_date -> Date,
        session_code -> VarChar,
        venue_code -> VarChar,
        price_fen -> BigInt,
        state -> VarChar,
        admitted_at -> Nullable<Datetime>,
        admitted_gate -> Nullable<VarChar>,
    }
}

diesel::joinable!(tickets -> orders (order_id));
diesel::joinable!(ticket_add_ons -> tickets (ticket_id));
diesel::table! {
    annual_passes (id) {
        id -> Binary,
        document_type -> VarChar,
        nationality -> Nullable<VarChar>,
        document_hash -> Nullable<Binary>,
        sealed_key_id -> Nullable<VarChar>,
        sealed_identity -> Nullable<Varbinary>,
        birth_date -> Nullable<Date>,
        year -> Integer,
        entries -> Unsigned<SmallInt>,
        reserved -> Unsigned<SmallInt>,
        used -> Unsigned<SmallInt>,
        granted_at -> Datetime,
        voided_at -> Nullable<Datetime>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(orders, tickets, ticket_add_ons, refunds, no_shows);

diesel::table! {
    accounts (id) {
        id -> Binary,
        open_id -> VarChar,
        phone -> Nullable<VarChar>,
        phone_verified -> Bool,
        registered_at -> Datetime,
    }
}

diesel::table! {
    saved_visitors (id) {
        id -> Binary,
        account_id -> Binary,
        document_type -> VarChar,
        nationality -> Nullable<VarChar>,
        document_hash -> Binary,
        sealed_key_id -> VarChar,
        sealed_identity -> Varbinary,
        birth_date -> Nullable<Date>,
        created_at -> Datetime,
    }
}

diesel::table! {
    payment_attempts (number) {
        number -> VarChar,
        order_id -> Binary,
        amount_fen -> BigInt,
        payer_open_id -> VarChar,
        time_expire -> Datetime,
        state -> VarChar,
        prepay_id -> Nullable<VarChar>,
        transaction_id -> Nullable<VarChar>,
        created_at -> Datetime,
        next_check_at -> Datetime,
    }
}

diesel::table! {
    payment_differences (transaction_id, cause) {
        transaction_id -> VarChar,
        cause -> VarChar,
        number -> VarChar,
        amount_fen -> BigInt,
        expected_fen -> Nullable<BigInt>,
        payer_open_id -> VarChar,
        success_time -> Datetime,
        noticed_at -> Datetime,
    }
}

diesel::table! {
    refund_submissions (number) {
        number -> VarChar,
        order_id -> Binary,
        order_number -> VarChar,
        amount_fen -> BigInt,
        total_fen -> BigInt,
        state -> VarChar,
        attempts -> Unsigned<Integer>,
        created_at -> Datetime,
        next_attempt_at -> Datetime,
    }
}

diesel::table! {
    refunds (id) {
        id -> Binary,
        order_id -> Binary,
        account_id -> Binary,
        cause -> VarChar,
        amount_fen -> BigInt,
        state -> VarChar,
        submission_number -> Nullable<VarChar>,
        request_key -> Binary,
        body_digest -> Binary,
        requested_at -> Datetime,
        finished_at -> Nullable<Datetime>,
    }
}

diesel::table! {
    refund_items (refund_id, position) {
        refund_id -> Binary,
        position -> Unsigned<SmallInt>,
        ticket_id -> Binary,
        add_on_id -> Nullable<Binary>,
        venue_code -> VarChar,
        category -> VarChar,
        amount_fen -> BigInt,
    }
}

diesel::table! {
    sales_ledger (order_id, kind, reference, venue_code, category) {
        order_id -> Binary,
        kind -> VarChar,
        reference -> VarChar,
        venue_code -> VarChar,
        category -> VarChar,
        visit_date -> Date,
        session_code -> VarChar,
        quantity -> Unsigned<Integer>,
        amount_fen -> BigInt,
        occurred_at -> Datetime,
    }
}

diesel::table! {
    outbox_messages (kind, reference) {
        kind -> VarChar,
        reference -> VarChar,
        account_id -> Binary,
        order_id -> Binary,
        created_at -> Datetime,
        state -> VarChar,
        attempts -> Unsigned<Integer>,
        queued_at -> Nullable<Datetime>,
        next_attempt_at -> Datetime,
        failure -> Nullable<VarChar>,
        sent_at -> Nullable<Datetime>,
    }
}

diesel::table! {
    notices (code) {
        code -> VarChar,
        kind -> VarChar,
        title_zh -> VarChar,
        title_en -> VarChar,
        body_zh -> Text,
        body_en -> Text,
        pinned -> Bool,
        position -> Unsigned<SmallInt>,
        published_at -> Datetime,
    }
}

diesel::table! {
    notice_pictures (notice_code, position) {
        notice_code -> VarChar,
        position -> Unsigned<SmallInt>,
        path -> VarChar,
    }
}

diesel::table! {
    banners (code) {
        code -> VarChar,
        title_zh -> VarChar,
        title_en -> VarChar,
        picture -> Nullable<VarChar>,
        action -> VarChar,
        page -> Nullable<VarChar>,
        notice_code -> Nullable<VarChar>,
        app_id -> Nullable<VarChar>,
        shown_from -> Nullable<Datetime>,
        shown_until -> Nullable<Datetime>,
        position -> Unsigned<SmallInt>,
    }
}

diesel::table! {
    exhibitions (code) {
        code -> VarChar,
        venue_code -> VarChar,
        title_zh -> VarChar,
        title_en -> VarChar,
        body_zh -> Text,
        body_en -> Text,
        picture -> Nullable<VarChar>,
        first_day -> Date,
        last_day -> Nullable<Date>,
        position -> Unsigned<SmallInt>,
    }
}

diesel::table! {
    invoices (id) {
        id -> Binary,
        order_id -> Binary,
        live_order -> Nullable<Binary>,
        account_id -> Binary,
        state -> VarChar,
        amount_fen -> BigInt,
        sealed_key_id -> Nullable<VarChar>,
        sealed_details -> Nullable<Binary>,
        number -> Nullable<VarChar>,
        rejection -> Nullable<VarChar>,
        rejection_text -> Nullable<VarChar>,
        requested_at -> Datetime,
        decided_at -> Nullable<Datetime>,
        reversed_at -> Nullable<Datetime>,
    }
}

diesel::table! {
    mails (id) {
        id -> Binary,
        kind -> VarChar,
        reference -> VarChar,
        sealed_key_id -> Nullable<VarChar>,
        sealed_letter -> Nullable<Binary>,
        attachment_name -> Nullable<VarChar>,
        attachment -> Nullable<Binary>,
        state -> VarChar,
        attempts -> Unsigned<Integer>,
        next_attempt_at -> Datetime,
        last_error -> Nullable<VarChar>,
        created_at -> Datetime,
        sent_at -> Nullable<Datetime>,
    }
}

diesel::table! {
    no_shows (document_hash, visit_date) {
        document_hash -> Binary,
        visit_date -> Date,
        cause -> VarChar,
        ticket_id -> Binary,
        recorded_at -> Datetime,
        waived_at -> Nullable<Datetime>,
        waiver_cause -> Nullable<VarChar>,
    }
}

diesel::table! {
    bans (document_hash, third_day) {
        document_hash -> Binary,
        third_day -> Date,
        last_day -> Date,
        lifted_at -> Nullable<Datetime>,
    }
}

diesel::table! {
    revoked_tokens (token_id) {
        token_id -> VarChar,
        expires_at -> Datetime,
    }
}

diesel::table! {
    erased_days (visit_date) {
        visit_date -> Date,
        erased_at -> Datetime,
    }
}

diesel::table! {
    key_rotations (table_name, key_id) {
        table_name -> VarChar,
        key_id -> VarChar,
        last_id -> Nullable<Binary>,
        resealed -> Unsigned<BigInt>,
        started_at -> Datetime,
        finished_at -> Nullable<Datetime>,
    }
}

diesel::table! {
    document_hash_keys (id) {
        id -> Unsigned<TinyInt>,
        current_key -> Binary,
        next_key -> Nullable<Binary>,
        changed_at -> Datetime,
    }
}

diesel::table! {
    job_leases (job) {
        job -> VarChar,
        holder -> VarChar,
        held_until -> Datetime,
    }
}

diesel::allow_tables_to_appear_in_same_query!(refunds, refund_items, refund_submissions);
diesel::allow_tables_to_appear_in_same_query!(orders, outbox_messages);
diesel::allow_tables_to_appear_in_same_query!(invoices, orders);

diesel::table! {
    gates (id) {
        id -> Binary,
        name -> VarChar,
        venue_code -> VarChar,
        key_hash -> Binary,
        created_at -> Datetime,
        revoked_at -> Nullable<Datetime>,
    }
}

diesel::table! {
    check_ins (request_key) {
        request_key -> Binary,
        body_digest -> Binary,
        order_id -> Binary,
        gate -> VarChar,
        venue_code -> VarChar,
        checked_in_at -> Datetime,
    }
}

diesel::table! {
    check_in_tickets (request_key, position) {
        request_key -> Binary,
        position -> Unsigned<TinyInt>,
        ticket_id -> Binary,
        verdict -> VarChar,
        admitted_venue -> Nullable<VarChar>,
    }
}

diesel::joinable!(check_in_tickets -> check_ins (request_key));
diesel::allow_tables_to_appear_in_same_query!(check_ins, check_in_tickets);
diesel::allow_tables_to_appear_in_same_query!(no_shows, bans);
