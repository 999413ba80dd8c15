package org.craq.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.craq.core.file.Version;

/**
 * Reads that wait for the tail's word. One query is on its way at a time; what comes meanwhile shares the next one, never
 * the one that is already sent, whose answer might be older than the read.
 */
final class PendingReads {
    /** One read, and what its answer must not lie before. */
    record Waiting(long token, Optional<Version> atLeast) {}

    /** The reads that a query was sent for, and when; empty when that is not known. */
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

    /** True when a query should be sent now; its number is then {@link #query()}. */
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

    /** Empty when this query is not the one under way. */
    Optional<Answered> answered(long query) {
        if (!underWay || query != this.query) {
            return Optional.empty();
        }
        underWay = false;
        Answered answered = new Answered(asked, sent);
        asked = new ArrayList<>();
        return Optional.of(answered);
    }

    /** Puts every read back to be asked for anew: the query under way no longer counts. */
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
