//! The tables that bare diesel writes, with the columns that are not null in a new order.

diesel::table! {
    quotas (visit_date, session_code, venue_code) {
        visit_date -> Date,
        session_code -> VarChar,
        venue_code -> VarChar,
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
        unpaid_account -> Nullable<Binary>,
        request_key -> Binary,
        body_digest -> Binary,
        created_at -> Datetime,
        pay_by -> Datetime,
        total_fen -> BigInt,
        paid_fen -> BigInt,
        refunded_fen -> BigInt,
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
        document_hash -> Nullable<Binary>,
        active_document -> Nullable<Binary>,
        sealed_key_id -> Nullable<VarChar>,
        sealed_identity -> Nullable<Varbinary>,
        age -> Unsigned<TinyInt>,
        category -> VarChar,
        price_fen -> BigInt,
        state -> VarChar,
    }
}
