package org.craq.node.replication;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Calls that wait for an answer, each for a bounded time. Belongs to the driver. */
final class OpenCalls<T> {
    private record Call<T>(CompletableFuture<T> answer, long deadline) {}

    private final long patienceNanos;
    private final T otherwise;
    private final Map<Long, Call<T>> calls = new LinkedHashMap<>();
    private long tokens;

    /**
     * None yet.
     *
     * @param otherwise the answer when the time is over
     */
    OpenCalls(long patienceSeconds, T otherwise) {
        this.patienceNanos = TimeUnit.SECONDS.toNanos(patienceSeconds);
        this.otherwise = otherwise;
    }

    /** The token that names the call from now on. */
    long open(CompletableFuture<T> answer) {
        calls.put(++tokens, new Call<>(answer, System.nanoTime() + patienceNanos));
        return tokens;
    }

    int size() {
        return calls.size();
    }

    /** Does nothing when the call has ended. */
    void complete(long token, T value) {
        Call<T> call = calls.remove(token);
        if (call != null) {
            call.answer().complete(value);
        }
    }

    void completeAll(T value) {
        List<Call<T>> open = new ArrayList<>(calls.values());
        calls.clear();
        open.forEach(call -> call.answer().complete(value));
    }

    /** Ends the calls whose time is over; they stand in the order of their deadlines. */
    void expire() {
        long now = System.nanoTime();
        for (Iterator<Call<T>> open = calls.values().iterator(); open.hasNext(); ) {
            Call<T> call = open.next();
            if (call.deadline() - now > 0) {
                return;
            }
            open.remove();
            call.answer().complete(otherwise);
        }
    }
}
