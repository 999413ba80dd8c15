package org.craq.core.replica;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads that wait for the tail's word. One query is on its way at a time; what comes meanwhile shares the next one, never
 * the one that is already sent, whose answer might be older than the read.
 */
final class PendingReads {
    private List<Long> asked = new ArrayList<>();
    private List<Long> next = new ArrayList<>();
    private long query;
    private boolean underWay;

    int size() {
        return asked.size() + next.size();
    }

    void add(long token) {
        next.add(token);
    }

    /** True when a query should be sent now; its number is then {@link #query()}. */
    boolean ask() {
        if (underWay || next.isEmpty()) {
            return false;
        }
        asked = next;
        next = new ArrayList<>();
        query++;
        underWay = true;
        return true;
    }

    long query() {
        return query;
    }

    /** The reads that this query was sent for; none when it is not the one under way. */
    List<Long> answered(long query) {
        if (!underWay || query != this.query) {
            return List.of();
        }
        underWay = false;
        List<Long> reads = asked;
        asked = new ArrayList<>();
        return reads;
    }

    /** Puts every read back to be asked for anew: the query under way no longer counts. */
    void restart() {
        asked.addAll(next);
        next = asked;
        asked = new ArrayList<>();
        underWay = false;
    }

    List<Long> clear() {
        restart();
        List<Long> reads = next;
        next = new ArrayList<>();
        return reads;
    }
}
