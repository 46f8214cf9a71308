ALTER TABLE outbox_messages
    DROP CONSTRAINT ck_outbox_messages_kind,
    ADD CONSTRAINT ck_outbox_messages_kind
        CHECK (kind IN ('order_paid', 'late_payment_returned', 'refund_succeeded',
                        'visit_reminder', 'banned'));
