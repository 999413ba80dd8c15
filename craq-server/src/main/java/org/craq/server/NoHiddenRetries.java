package org.craq.server;

import org.eclipse.persistence.sessions.Session;
import org.eclipse.persistence.sessions.SessionCustomizer;

/**
 * Makes the persistence provider fail at once when a connection breaks; named in {@code persistence.xml}. By itself it repeats a
 * read three times, five seconds apart, inside a transaction that can't be committed any more. Whoever asked knows better
 * whether, and how long, to try again.
 */
public final class NoHiddenRetries implements SessionCustomizer {
    @Override
    public void customize(Session session) {
        session.getLogin().setQueryRetryAttemptCount(0);
    }
}
