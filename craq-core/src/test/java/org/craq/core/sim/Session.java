package org.craq.core.sim;

import java.util.Optional;
import org.craq.core.file.Version;
import org.craq.core.replica.ReadOutcome;
import org.craq.core.replica.Refusal;
import org.craq.core.replica.SessionToken;

/** What one client has seen, which its reads may carry; also checks the answers to those reads. */
final class Session {
    private Optional<SessionToken> token = Optional.empty();

    /** Returns what a read carries. */
    Optional<Version> seen() {
        return token.map(SessionToken::seen);
    }

    void saw(Version version) {
        SessionToken next = new SessionToken(World.CHAIN, version);
        token = Optional.of(token.map(next::orLater).orElse(next));
    }

    /** Checks an answer to a read that carried what the session had seen by then. */
    void answered(Optional<Version> carried, ReadOutcome.At at) {
        carried.filter(before -> before.seq().isAfter(at.mark())).ifPresent(before -> {
            throw new Violation("a session that had seen " + before + " was answered " + at);
        });
        saw(at.seen());
    }

    /** Checks a refusal of such a read. */
    static void refused(Optional<Version> carried, Refusal reason) {
        if (reason == Refusal.SESSION_UNKNOWN) {
            throw new Violation("a session was refused for what it had seen: " + carried);
        }
    }
}
