//! Journeys across both services on a real database.
