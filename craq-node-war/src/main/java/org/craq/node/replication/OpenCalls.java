package org.craq.node.replication;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Calls that wait for an answer, each for a limited time. Not thread-safe: only the driver uses it, between events. */
final class OpenCalls<T> {
    private record Call<T>(CompletableFuture<T> answer, long deadline) {}

    private final long patienceNanos;
    private final T otherwise;
    private final Map<Long, Call<T>> calls = new LinkedHashMap<>();
    private long tokens;

    /**
     * Creates it without calls.
     *
     * @param otherwise the answer when the time has run out
     */
    OpenCalls(long patienceSeconds, T otherwise) {
        this.patienceNanos = TimeUnit.SECONDS.toNanos(patienceSeconds);
        this.otherwise = otherwise;
    }

    /** Adds a call and returns the token that identifies it from now on. */
    long open(CompletableFuture<T> answer) {
        calls.put(++tokens, new Call<>(answer, System.nanoTime() + patienceNanos));
        return tokens;
    }

    int size() {
        return calls.size();
    }

    /** Answers a call; does nothing when it has already ended. */
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

    /** Ends the calls whose time has run out; they are kept in the order of their deadlines. */
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
