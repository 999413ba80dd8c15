package org.craq.server;

import org.eclipse.persistence.config.SessionCustomizer;
import org.eclipse.persistence.sessions.Session;

/**
 * Makes the persistence provider fail at once when a connection breaks; named in {@code persistence.xml}. By itself it repeats a
 * read three times, five seconds apart, inside a transaction that can't be committed any more. Whoever asked knows better
 * whether, and how long, to try again.
 *
 * <p>The interface of this package is the one that EclipseLink has in 4.0.1, which Payara brings, and still in 4.0.9.
 */
public final class NoHiddenRetries implements SessionCustomizer {
    @Override
    public void customize(Session session) {
        session.getLogin().setQueryRetryAttemptCount(0);
    }
}
