package org.craq.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.craq.core.file.Version;

/**
 * Reads that wait for the tail's answer. One query is in flight at a time. Reads that arrive meanwhile share the next
 * query, never the one already sent, whose answer might be older than the read.
 */
final class PendingReads {
    /** A read and the version that its answer must include. */
    record Waiting(long token, Optional<Version> atLeast) {}

    /** The reads that a query was sent for, and when it was sent; empty if that is unknown. */
    record Answered(List<Waiting> reads, OptionalLong sent) {}

    private List<Waiting> asked = new ArrayList<>();
    private List<Waiting> next = new ArrayList<>();
    private long query;
    private OptionalLong sent = OptionalLong.empty();
    private boolean underWay;

    int size() {
        return asked.size() + next.size();
    }

    void add(long token, Optional<Version> atLeast) {
        next.add(new Waiting(token, atLeast));
    }

    /** Returns true if a query should be sent now; its number is then {@link #query()}. */
    boolean ask(OptionalLong now) {
        if (underWay || next.isEmpty()) {
            return false;
        }
        asked = next;
        next = new ArrayList<>();
        query++;
        sent = now;
        underWay = true;
        return true;
    }

    long query() {
        return query;
    }

    /** Returns the reads that this query answers; empty if this is not the query in flight. */
    Optional<Answered> answered(long query) {
        if (!underWay || query != this.query) {
            return Optional.empty();
        }
        underWay = false;
        Answered answered = new Answered(asked, sent);
        asked = new ArrayList<>();
        return Optional.of(answered);
    }

    /** Discards the query in flight and puts its reads back in the queue for the next query. */
    void restart() {
        asked.addAll(next);
        next = asked;
        asked = new ArrayList<>();
        underWay = false;
    }

    List<Waiting> clear() {
        restart();
        List<Waiting> reads = next;
        next = new ArrayList<>();
        return reads;
    }
}
