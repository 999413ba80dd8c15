package org.craq.server;

import org.eclipse.persistence.config.SessionCustomizer;
import org.eclipse.persistence.sessions.Session;

/**
 * Makes the persistence provider fail at once when a connection breaks; named in {@code persistence.xml}. By default it
 * repeats a read three times, five seconds apart, inside a transaction that can no longer be committed. The caller
 * knows better whether, and how long, to retry.
 *
 * <p>The interface is that of EclipseLink 4.0.1, which Payara ships, and is the same in 4.0.9.
 */
public final class NoHiddenRetries implements SessionCustomizer {
    @Override
    public void customize(Session session) {
        session.getLogin().setQueryRetryAttemptCount(0);
    }
}
