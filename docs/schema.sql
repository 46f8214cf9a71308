CREATE TABLE `accounts` (
  `id` binary(16) NOT NULL,
  `open_id` varchar(128) NOT NULL,
  `phone` varchar(16) DEFAULT NULL,
  `phone_verified` tinyint(1) NOT NULL,
  `registered_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uk_accounts_open_id` (`open_id`),
  KEY `ix_accounts_phone` (`phone`),
  CONSTRAINT `ck_accounts_phone_verified` CHECK (`phone_verified` = 0 or `phone` is not null)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `annual_passes` (
  `id` binary(16) NOT NULL,
  `document_type` varchar(32) NOT NULL,
  `nationality` varchar(3) DEFAULT NULL,
  `document_hash` binary(16) DEFAULT NULL,
  `sealed_key_id` varchar(64) DEFAULT NULL,
  `sealed_identity` varbinary(1024) DEFAULT NULL,
  `birth_date` date DEFAULT NULL,
  `year` int(11) NOT NULL,
  `entries` smallint(5) unsigned NOT NULL,
  `reserved` smallint(5) unsigned NOT NULL,
  `used` smallint(5) unsigned NOT NULL,
  `granted_at` datetime(6) NOT NULL,
  `voided_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uk_annual_passes_document` (`document_hash`,`year`),
  KEY `ix_annual_passes_not_void` (`voided_at`,`year`),
  CONSTRAINT `ck_annual_passes_document_type` CHECK (`document_type` in ('id_card','hk_macau_permit','permanent_resident','passport','taiwan_permit','residence_permit')),
  CONSTRAINT `ck_annual_passes_identity` CHECK (`sealed_key_id` is null = (`sealed_identity` is null)),
  CONSTRAINT `ck_annual_passes_year` CHECK (`year` between 2000 and 2199),
  CONSTRAINT `ck_annual_passes_entries` CHECK (`reserved` + `used` <= `entries`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `banners` (
  `code` varchar(32) NOT NULL,
  `title_zh` varchar(60) NOT NULL,
  `title_en` varchar(60) NOT NULL,
  `picture` varchar(200) DEFAULT NULL,
  `action` varchar(16) NOT NULL,
  `page` varchar(200) DEFAULT NULL,
  `notice_code` varchar(32) DEFAULT NULL,
  `app_id` varchar(32) DEFAULT NULL,
  `shown_from` datetime(6) DEFAULT NULL,
  `shown_until` datetime(6) DEFAULT NULL,
  `position` smallint(5) unsigned NOT NULL,
  PRIMARY KEY (`code`),
  KEY `ix_banners_notice` (`notice_code`),
  CONSTRAINT `fk_banners_notice` FOREIGN KEY (`notice_code`) REFERENCES `notices` (`code`),
  CONSTRAINT `ck_banners_action` CHECK (`action` = 'none' and `page` is null and `notice_code` is null and `app_id` is null or `action` = 'page' and `page` is not null and `notice_code` is null and `app_id` is null or `action` = 'notice' and `page` is null and `notice_code` is not null and `app_id` is null or `action` = 'mini_program' and `notice_code` is null and `app_id` is not null),
  CONSTRAINT `ck_banners_shown` CHECK (`shown_from` is null or `shown_until` is null or `shown_from` < `shown_until`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `bans` (
  `document_hash` binary(16) NOT NULL,
  `third_day` date NOT NULL,
  `last_day` date NOT NULL,
  `lifted_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`document_hash`,`third_day`),
  CONSTRAINT `ck_bans_last_day` CHECK (`last_day` >= `third_day`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `check_ins` (
  `request_key` binary(32) NOT NULL,
  `body_digest` binary(32) NOT NULL,
  `order_id` binary(16) NOT NULL,
  `gate` varchar(100) NOT NULL,
  `venue_code` varchar(32) NOT NULL,
  `checked_in_at` datetime(6) NOT NULL,
  PRIMARY KEY (`request_key`),
  KEY `ix_check_ins_order` (`order_id`),
  CONSTRAINT `fk_check_ins_order` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `check_in_tickets` (
  `request_key` binary(32) NOT NULL,
  `position` tinyint(3) unsigned NOT NULL,
  `ticket_id` binary(16) NOT NULL,
  `verdict` varchar(32) NOT NULL,
  `admitted_venue` varchar(32) DEFAULT NULL,
  PRIMARY KEY (`request_key`,`position`),
  UNIQUE KEY `uk_check_in_tickets_admission` (`ticket_id`,`admitted_venue`),
  CONSTRAINT `fk_check_in_tickets_check_in` FOREIGN KEY (`request_key`) REFERENCES `check_ins` (`request_key`),
  CONSTRAINT `fk_check_in_tickets_ticket` FOREIGN KEY (`ticket_id`) REFERENCES `tickets` (`id`),
  CONSTRAINT `ck_check_in_tickets_admission` CHECK (`admitted_venue` is not null = (`verdict` = 'admitted'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `document_hash_keys` (
  `id` tinyint(3) unsigned NOT NULL,
  `current_key` binary(16) NOT NULL,
  `next_key` binary(16) DEFAULT NULL,
  `changed_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `ck_document_hash_keys_id` CHECK (`id` = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `erased_days` (
  `visit_date` date NOT NULL,
  `erased_at` datetime(6) NOT NULL,
  PRIMARY KEY (`visit_date`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `exhibitions` (
  `code` varchar(32) NOT NULL,
  `venue_code` varchar(32) NOT NULL,
  `title_zh` varchar(60) NOT NULL,
  `title_en` varchar(60) NOT NULL,
  `body_zh` text NOT NULL,
  `body_en` text NOT NULL,
  `picture` varchar(200) DEFAULT NULL,
  `first_day` date NOT NULL,
  `last_day` date DEFAULT NULL,
  `position` smallint(5) unsigned NOT NULL,
  PRIMARY KEY (`code`),
  CONSTRAINT `ck_exhibitions_days` CHECK (`last_day` is null or `first_day` <= `last_day`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `gates` (
  `id` binary(16) NOT NULL,
  `name` varchar(64) NOT NULL,
  `venue_code` varchar(32) NOT NULL,
  `key_hash` binary(32) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `revoked_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uk_gates_name` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `holiday_periods` (
  `first_day` date NOT NULL,
  `last_day` date NOT NULL,
  `name_zh` varchar(200) NOT NULL,
  `name_en` varchar(200) NOT NULL,
  `eve` date DEFAULT NULL,
  PRIMARY KEY (`first_day`),
  CONSTRAINT `ck_holiday_periods_days` CHECK (`first_day` <= `last_day`),
  CONSTRAINT `ck_holiday_periods_eve` CHECK (`eve` is null or `eve` between `first_day` and `last_day`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `holiday_years` (
  `year` int(11) NOT NULL,
  PRIMARY KEY (`year`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `invoices` (
  `id` binary(16) NOT NULL,
  `order_id` binary(16) NOT NULL,
  `live_order` binary(16) DEFAULT NULL,
  `account_id` binary(16) NOT NULL,
  `state` varchar(16) NOT NULL,
  `amount_fen` bigint(20) NOT NULL,
  `sealed_key_id` varchar(64) DEFAULT NULL,
  `sealed_details` varbinary(1024) DEFAULT NULL,
  `number` varchar(20) DEFAULT NULL,
  `rejection` varchar(16) DEFAULT NULL,
  `rejection_text` varchar(200) DEFAULT NULL,
  `requested_at` datetime(6) NOT NULL,
  `decided_at` datetime(6) DEFAULT NULL,
  `reversed_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uk_invoices_live_order` (`live_order`),
  UNIQUE KEY `uk_invoices_number` (`number`),
  KEY `ix_invoices_order` (`order_id`,`requested_at`),
  KEY `ix_invoices_state` (`state`,`requested_at`),
  KEY `ix_invoices_sealed` (`sealed_key_id`,`order_id`),
  CONSTRAINT `ck_invoices_state` CHECK (`state` in ('requested','issued','reversal_needed','reversed','rejected')),
  CONSTRAINT `ck_invoices_live_order` CHECK (`state` in ('requested','issued','reversal_needed') = (`live_order` is not null) and (`live_order` is null or `live_order` = `order_id`)),
  CONSTRAINT `ck_invoices_amount` CHECK (`amount_fen` > 0),
  CONSTRAINT `ck_invoices_number` CHECK (`state` in ('issued','reversal_needed','reversed') = (`number` is not null)),
  CONSTRAINT `ck_invoices_rejection` CHECK (`state` = 'rejected' = (`rejection` is not null) and (`rejection` is null or `rejection` in ('all_refunded','staff')) and `rejection_text` is not null = (`rejection` is not null and `rejection` = 'staff')),
  CONSTRAINT `ck_invoices_sealed` CHECK (`sealed_key_id` is null = (`sealed_details` is null))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `job_leases` (
  `job` varchar(64) NOT NULL,
  `holder` varchar(128) NOT NULL,
  `held_until` datetime(6) NOT NULL,
  PRIMARY KEY (`job`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `key_rotations` (
  `table_name` varchar(64) NOT NULL,
  `key_id` varchar(64) NOT NULL,
  `last_id` binary(16) DEFAULT NULL,
  `resealed` bigint(20) unsigned NOT NULL,
  `started_at` datetime(6) NOT NULL,
  `finished_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`table_name`,`key_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `mails` (
  `id` binary(16) NOT NULL,
  `kind` varchar(32) NOT NULL,
  `reference` varchar(64) NOT NULL,
  `sealed_key_id` varchar(64) DEFAULT NULL,
  `sealed_letter` blob DEFAULT NULL,
  `attachment_name` varchar(100) DEFAULT NULL,
  `attachment` mediumblob DEFAULT NULL,
  `state` varchar(16) NOT NULL,
  `attempts` int(10) unsigned NOT NULL,
  `next_attempt_at` datetime(6) NOT NULL,
  `last_error` varchar(200) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  `sent_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uk_mails_reference` (`kind`,`reference`),
  KEY `ix_mails_due` (`state`,`next_attempt_at`),
  KEY `ix_mails_created` (`created_at`),
  CONSTRAINT `ck_mails_kind` CHECK (`kind` = 'invoice_issued'),
  CONSTRAINT `ck_mails_state` CHECK (`state` in ('queued','sent','dead')),
  CONSTRAINT `ck_mails_sent` CHECK (`state` = 'sent' = (`sent_at` is not null)),
  CONSTRAINT `ck_mails_sealed` CHECK (`sealed_key_id` is null = (`sealed_letter` is null)),
  CONSTRAINT `ck_mails_attachment` CHECK (`attachment_name` is null = (`attachment` is null))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `notices` (
  `code` varchar(32) NOT NULL,
  `kind` varchar(32) NOT NULL,
  `title_zh` varchar(60) NOT NULL,
  `title_en` varchar(60) NOT NULL,
  `body_zh` text NOT NULL,
  `body_en` text NOT NULL,
  `pinned` tinyint(1) NOT NULL,
  `position` smallint(5) unsigned NOT NULL,
  `published_at` datetime(6) NOT NULL,
  PRIMARY KEY (`code`),
  CONSTRAINT `ck_notices_kind` CHECK (`kind` in ('visitor_policies','sessions','banned_items','opening_hours','announcement'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `notice_pictures` (
  `notice_code` varchar(32) NOT NULL,
  `position` smallint(5) unsigned NOT NULL,
  `path` varchar(200) NOT NULL,
  PRIMARY KEY (`notice_code`,`position`),
  CONSTRAINT `fk_notice_pictures_notice` FOREIGN KEY (`notice_code`) REFERENCES `notices` (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `no_shows` (
  `document_hash` binary(16) NOT NULL,
  `visit_date` date NOT NULL,
  `cause` varchar(16) NOT NULL,
  `ticket_id` binary(16) NOT NULL,
  `recorded_at` datetime(6) NOT NULL,
  `waived_at` datetime(6) DEFAULT NULL,
  `waiver_cause` varchar(16) DEFAULT NULL,
  PRIMARY KEY (`document_hash`,`visit_date`),
  UNIQUE KEY `uk_no_shows_ticket` (`ticket_id`),
  KEY `ix_no_shows_date` (`visit_date`,`document_hash`),
  CONSTRAINT `ck_no_shows_cause` CHECK (`cause` in ('late_refund','absent')),
  CONSTRAINT `ck_no_shows_waiver` CHECK (`waived_at` is null = (`waiver_cause` is null) and (`waiver_cause` is null or `waiver_cause` in ('appeal','day_closed','order_closed')))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `opening_days` (
  `visit_date` date NOT NULL,
  `state` varchar(16) NOT NULL,
  `opens` time NOT NULL,
  `last_entry` time NOT NULL,
  `closes` time NOT NULL,
  `note_zh` varchar(1000) DEFAULT NULL,
  `note_en` varchar(1000) DEFAULT NULL,
  `version` bigint(20) unsigned NOT NULL,
  PRIMARY KEY (`visit_date`),
  CONSTRAINT `ck_opening_days_state` CHECK (`state` in ('open','closed')),
  CONSTRAINT `ck_opening_days_hours` CHECK (`opens` < `last_entry` and `last_entry` <= `closes`),
  CONSTRAINT `ck_opening_days_note` CHECK (`note_zh` is null = (`note_en` is null))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `orders` (
  `id` binary(16) NOT NULL,
  `number` varchar(18) NOT NULL,
  `account_id` binary(16) NOT NULL,
  `kind` varchar(16) NOT NULL,
  `visit_date` date NOT NULL,
  `session_code` varchar(32) NOT NULL,
  `phone` varchar(16) DEFAULT NULL,
  `state` varchar(16) NOT NULL,
  `cancel_cause` varchar(16) DEFAULT NULL,
  `unpaid_account` binary(16) DEFAULT NULL,
  `request_key` binary(32) NOT NULL,
  `body_digest` binary(32) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `pay_by` datetime(6) NOT NULL,
  `paid_at` datetime(6) DEFAULT NULL,
  `total_fen` bigint(20) NOT NULL,
  `paid_fen` bigint(20) NOT NULL,
  `refunded_fen` bigint(20) NOT NULL,
  `annual_pass_id` binary(16) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uk_orders_number` (`number`),
  UNIQUE KEY `uk_orders_request_key` (`request_key`),
  UNIQUE KEY `uk_orders_unpaid_account` (`unpaid_account`),
  KEY `ix_orders_account` (`account_id`,`id`),
  KEY `ix_orders_lapsed` (`state`,`pay_by`),
  KEY `ix_orders_lapsed_of_day` (`visit_date`,`state`,`pay_by`),
  KEY `ix_orders_annual_pass` (`annual_pass_id`),
  CONSTRAINT `ck_orders_kind` CHECK (`kind` in ('ordinary','annual_pass')),
  CONSTRAINT `ck_orders_state` CHECK (`state` in ('unpaid','paid','used','refunded','cancelled','closed')),
  CONSTRAINT `ck_orders_cancel_cause` CHECK ((`cancel_cause` is null or `cancel_cause` in ('tourist','expired')) and `state` = 'cancelled' = (`cancel_cause` is not null)),
  CONSTRAINT `ck_orders_unpaid_account` CHECK (`state` = 'unpaid' = (`unpaid_account` is not null) and (`unpaid_account` is null or `unpaid_account` = `account_id`)),
  CONSTRAINT `ck_orders_money` CHECK (`total_fen` >= 0 and `refunded_fen` >= 0 and `refunded_fen` <= `paid_fen`),
  CONSTRAINT `ck_orders_annual_pass` CHECK (`kind` = 'annual_pass' = (`annual_pass_id` is not null))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `outbox_messages` (
  `kind` varchar(32) NOT NULL,
  `reference` varchar(64) NOT NULL,
  `account_id` binary(16) NOT NULL,
  `order_id` binary(16) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `state` varchar(16) NOT NULL DEFAULT 'queued',
  `attempts` int(10) unsigned NOT NULL DEFAULT 0,
  `queued_at` datetime(6) DEFAULT NULL,
  `next_attempt_at` datetime(6) NOT NULL DEFAULT '2026-01-01 00:00:00.000000',
  `failure` varchar(32) DEFAULT NULL,
  `sent_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`kind`,`reference`),
  KEY `ix_outbox_messages_due` (`state`,`next_attempt_at`),
  CONSTRAINT `ck_outbox_messages_kind` CHECK (`kind` in ('order_paid','late_payment_returned','refund_succeeded','visit_reminder','banned')),
  CONSTRAINT `ck_outbox_messages_state` CHECK (`state` in ('queued','sent','refused','dropped','dead')),
  CONSTRAINT `ck_outbox_messages_sent_at` CHECK (`state` = 'sent' = (`sent_at` is not null)),
  CONSTRAINT `ck_outbox_messages_failure` CHECK (`state` in ('queued','sent') or `failure` is not null)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `payment_attempts` (
  `number` varchar(32) NOT NULL,
  `order_id` binary(16) NOT NULL,
  `amount_fen` bigint(20) NOT NULL,
  `payer_open_id` varchar(128) NOT NULL,
  `time_expire` datetime(6) NOT NULL,
  `state` varchar(16) NOT NULL,
  `prepay_id` varchar(128) DEFAULT NULL,
  `transaction_id` varchar(64) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  `next_check_at` datetime(6) NOT NULL,
  PRIMARY KEY (`number`),
  UNIQUE KEY `uk_payment_attempts_order` (`order_id`),
  KEY `ix_payment_attempts_due` (`state`,`next_check_at`),
  CONSTRAINT `ck_payment_attempts_amount` CHECK (`amount_fen` >= 0),
  CONSTRAINT `ck_payment_attempts_state` CHECK (`state` in ('open','paid','closed','difference'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `payment_differences` (
  `transaction_id` varchar(64) NOT NULL,
  `cause` varchar(32) NOT NULL,
  `number` varchar(32) NOT NULL,
  `amount_fen` bigint(20) NOT NULL,
  `expected_fen` bigint(20) DEFAULT NULL,
  `payer_open_id` varchar(128) NOT NULL,
  `success_time` datetime(6) NOT NULL,
  `noticed_at` datetime(6) NOT NULL,
  PRIMARY KEY (`transaction_id`,`cause`),
  KEY `ix_payment_differences_number` (`number`),
  CONSTRAINT `ck_payment_differences_amount` CHECK (`amount_fen` >= 0),
  CONSTRAINT `ck_payment_differences_cause` CHECK (`cause` in ('unknown_number','amount','payer','paid_twice'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `quotas` (
  `visit_date` date NOT NULL,
  `session_code` varchar(32) NOT NULL,
  `venue_code` varchar(32) NOT NULL,
  `capacity` int(10) unsigned NOT NULL,
  `ceiling` int(10) unsigned NOT NULL,
  `taken` int(10) unsigned NOT NULL,
  PRIMARY KEY (`visit_date`,`session_code`,`venue_code`),
  CONSTRAINT `ck_quotas_taken` CHECK (`taken` between 0 and `ceiling` and `ceiling` >= `capacity`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `refunds` (
  `id` binary(16) NOT NULL,
  `order_id` binary(16) NOT NULL,
  `account_id` binary(16) NOT NULL,
  `cause` varchar(16) NOT NULL,
  `amount_fen` bigint(20) NOT NULL,
  `state` varchar(16) NOT NULL,
  `submission_number` varchar(64) DEFAULT NULL,
  `request_key` binary(32) NOT NULL,
  `body_digest` binary(32) NOT NULL,
  `requested_at` datetime(6) NOT NULL,
  `finished_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uk_refunds_request_key` (`request_key`),
  KEY `ix_refunds_order` (`order_id`,`requested_at`),
  KEY `ix_refunds_submission` (`submission_number`),
  KEY `ix_refunds_waiting` (`state`,`submission_number`,`requested_at`),
  CONSTRAINT `fk_refunds_submission` FOREIGN KEY (`submission_number`) REFERENCES `refund_submissions` (`number`),
  CONSTRAINT `ck_refunds_amount` CHECK (`amount_fen` >= 0),
  CONSTRAINT `ck_refunds_cause` CHECK (`cause` in ('tourist','staff','late_payment')),
  CONSTRAINT `ck_refunds_state` CHECK (`state` in ('requested','submitted','succeeded','failed'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `refund_items` (
  `refund_id` binary(16) NOT NULL,
  `position` smallint(5) unsigned NOT NULL,
  `ticket_id` binary(16) NOT NULL,
  `add_on_id` binary(16) DEFAULT NULL,
  `venue_code` varchar(32) NOT NULL,
  `category` varchar(16) NOT NULL,
  `amount_fen` bigint(20) NOT NULL,
  PRIMARY KEY (`refund_id`,`position`),
  CONSTRAINT `fk_refund_items_refund` FOREIGN KEY (`refund_id`) REFERENCES `refunds` (`id`),
  CONSTRAINT `ck_refund_items_amount` CHECK (`amount_fen` >= 0),
  CONSTRAINT `ck_refund_items_category` CHECK (`category` in ('standard','senior','student','minor','annual_pass'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `refund_submissions` (
  `number` varchar(64) NOT NULL,
  `order_id` binary(16) NOT NULL,
  `order_number` varchar(32) NOT NULL,
  `amount_fen` bigint(20) NOT NULL,
  `total_fen` bigint(20) NOT NULL,
  `state` varchar(16) NOT NULL,
  `attempts` int(10) unsigned NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `next_attempt_at` datetime(6) NOT NULL,
  PRIMARY KEY (`number`),
  KEY `ix_refund_submissions_order` (`order_id`,`created_at`),
  KEY `ix_refund_submissions_due` (`state`,`next_attempt_at`),
  CONSTRAINT `ck_refund_submissions_amount` CHECK (`amount_fen` between 0 and `total_fen`),
  CONSTRAINT `ck_refund_submissions_state` CHECK (`state` in ('pending','accepted','succeeded','failed'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `revoked_tokens` (
  `token_id` varchar(128) NOT NULL,
  `expires_at` datetime(6) NOT NULL,
  PRIMARY KEY (`token_id`),
  KEY `ix_revoked_tokens_expires_at` (`expires_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `sales_ledger` (
  `order_id` binary(16) NOT NULL,
  `kind` varchar(16) NOT NULL,
  `reference` varchar(64) NOT NULL,
  `venue_code` varchar(32) NOT NULL,
  `category` varchar(16) NOT NULL,
  `visit_date` date NOT NULL,
  `session_code` varchar(32) NOT NULL,
  `quantity` int(10) unsigned NOT NULL,
  `amount_fen` bigint(20) NOT NULL,
  `occurred_at` datetime(6) NOT NULL,
  PRIMARY KEY (`order_id`,`kind`,`reference`,`venue_code`,`category`),
  CONSTRAINT `ck_sales_ledger_kind` CHECK (`kind` in ('payment','refund')),
  CONSTRAINT `ck_sales_ledger_category` CHECK (`category` in ('standard','senior','student','minor','annual_pass')),
  CONSTRAINT `ck_sales_ledger_amount` CHECK (`amount_fen` >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `saved_visitors` (
  `id` binary(16) NOT NULL,
  `account_id` binary(16) NOT NULL,
  `document_type` varchar(32) NOT NULL,
  `nationality` varchar(3) DEFAULT NULL,
  `document_hash` binary(16) NOT NULL,
  `sealed_key_id` varchar(64) NOT NULL,
  `sealed_identity` varbinary(512) NOT NULL,
  `birth_date` date DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uk_saved_visitors_document` (`account_id`,`document_hash`),
  CONSTRAINT `ck_saved_visitors_document_type` CHECK (`document_type` in ('id_card','hk_macau_permit','permanent_resident','passport','taiwan_permit','residence_permit'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `sessions` (
  `code` varchar(32) NOT NULL,
  `name_zh` varchar(200) NOT NULL,
  `name_en` varchar(200) NOT NULL,
  `entry_from` time DEFAULT NULL,
  `entry_until` time DEFAULT NULL,
  `position` smallint(5) unsigned NOT NULL,
  PRIMARY KEY (`code`),
  CONSTRAINT `ck_sessions_entry` CHECK (`entry_from` is null or `entry_until` is null or `entry_from` < `entry_until`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `tickets` (
  `id` binary(16) NOT NULL,
  `order_id` binary(16) NOT NULL,
  `position` tinyint(3) unsigned NOT NULL,
  `visit_date` date NOT NULL,
  `session_code` varchar(32) NOT NULL,
  `account_id` binary(16) NOT NULL,
  `venue_code` varchar(32) NOT NULL,
  `document_type` varchar(32) NOT NULL,
  `nationality` varchar(3) DEFAULT NULL,
  `document_hash` binary(16) DEFAULT NULL,
  `active_document` binary(16) DEFAULT NULL,
  `sealed_key_id` varchar(64) DEFAULT NULL,
  `sealed_identity` varbinary(1024) DEFAULT NULL,
  `age` tinyint(3) unsigned NOT NULL,
  `category` varchar(16) NOT NULL,
  `price_fen` bigint(20) NOT NULL,
  `state` varchar(16) NOT NULL,
  `admitted_at` datetime(6) DEFAULT NULL,
  `admitted_gate` varchar(100) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uk_tickets_position` (`order_id`,`position`),
  UNIQUE KEY `uk_tickets_active_document` (`visit_date`,`active_document`),
  KEY `ix_tickets_document` (`document_hash`,`visit_date`),
  KEY `ix_tickets_state` (`state`,`visit_date`,`order_id`),
  KEY `ix_tickets_day` (`visit_date`,`account_id`),
  CONSTRAINT `fk_tickets_order` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`),
  CONSTRAINT `ck_tickets_state` CHECK (`state` in ('held','valid','used','refunded','cancelled','expired')),
  CONSTRAINT `ck_tickets_category` CHECK (`category` in ('standard','senior','student','minor','annual_pass')),
  CONSTRAINT `ck_tickets_price` CHECK (`price_fen` >= 0),
  CONSTRAINT `ck_tickets_active_document` CHECK (`active_document` is not null = (`document_hash` is not null and `state` in ('held','valid','used','expired')) and (`active_document` is null or `active_document` = `document_hash`)),
  CONSTRAINT `ck_tickets_identity` CHECK (`sealed_key_id` is null = (`sealed_identity` is null)),
  CONSTRAINT `ck_tickets_admission` CHECK (`admitted_at` is null = (`admitted_gate` is null))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `ticket_add_ons` (
  `id` binary(16) NOT NULL,
  `ticket_id` binary(16) NOT NULL,
  `order_id` binary(16) NOT NULL,
  `position` tinyint(3) unsigned NOT NULL,
  `visit_date` date NOT NULL,
  `session_code` varchar(32) NOT NULL,
  `venue_code` varchar(32) NOT NULL,
  `price_fen` bigint(20) NOT NULL,
  `state` varchar(16) NOT NULL,
  `admitted_at` datetime(6) DEFAULT NULL,
  `admitted_gate` varchar(100) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uk_ticket_add_ons_venue` (`ticket_id`,`venue_code`),
  KEY `ix_ticket_add_ons_order` (`order_id`),
  KEY `ix_ticket_add_ons_state` (`state`,`visit_date`,`order_id`),
  CONSTRAINT `fk_ticket_add_ons_order` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`),
  CONSTRAINT `fk_ticket_add_ons_ticket` FOREIGN KEY (`ticket_id`) REFERENCES `tickets` (`id`),
  CONSTRAINT `ck_ticket_add_ons_state` CHECK (`state` in ('held','valid','used','refunded','cancelled','expired')),
  CONSTRAINT `ck_ticket_add_ons_price` CHECK (`price_fen` >= 0),
  CONSTRAINT `ck_ticket_add_ons_admission` CHECK (`admitted_at` is null = (`admitted_gate` is null))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `ticket_prices` (
  `venue_code` varchar(32) NOT NULL,
  `category` varchar(16) NOT NULL,
  `season` varchar(16) NOT NULL,
  `price_fen` bigint(20) NOT NULL,
  PRIMARY KEY (`venue_code`,`category`,`season`),
  CONSTRAINT `ck_ticket_prices_category` CHECK (`category` in ('standard','senior','student','minor','annual_pass')),
  CONSTRAINT `ck_ticket_prices_season` CHECK (`season` in ('peak','low')),
  CONSTRAINT `ck_ticket_prices_price` CHECK (`price_fen` >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `venues` (
  `code` varchar(32) NOT NULL,
  `name_zh` varchar(200) NOT NULL,
  `name_en` varchar(200) NOT NULL,
  `kind` varchar(16) NOT NULL,
  `position` smallint(5) unsigned NOT NULL,
  PRIMARY KEY (`code`),
  CONSTRAINT `ck_venues_kind` CHECK (`kind` in ('admission','add_on'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
