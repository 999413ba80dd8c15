package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;

/**
 * Records what many clients did to some files and when, and checks it: each version has one content, which one writer
 * wrote once and as a whole, and an operation never finds an older version than another operation that had ended before
 * it began. All contents must be different.
 */
final class VersionHistory {
    /**
     * One successful operation: its begin and end by one clock, the version that it created or found, and the content.
     */
    record Event(boolean write, String name, long begin, long end, long seq, String digest, String where) {}

    private final Queue<Event> events = new ConcurrentLinkedQueue<>();
    private final Map<String, String> written = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();

    /** Called before a write begins, since a reader may see the content before the writer gets its answer. */
    void writing(String name, String digest) {
        written.put(digest, name);
    }

    void happened(Event event) {
        events.add(event);
        if (!event.write()) {
            reads.incrementAndGet();
        }
    }

    int reads() {
        return reads.get();
    }

    int writes() {
        return events.size() - reads.get();
    }

    /** Returns the newest known version by file. */
    Map<String, Long> newest() {
        Map<String, Long> newest = new HashMap<>();
        events.forEach(event -> newest.merge(event.name(), event.seq(), Math::max));
        return newest;
    }

    void check() {
        Map<String, List<Event>> byName = new HashMap<>();
        Map<Long, String> places = new HashMap<>();
        Map<String, Long> versions = new HashMap<>();
        for (Event event : events) {
            assertThat(written.get(event.digest()))
                    .as("whole content of %s", event)
                    .isEqualTo(event.name());
            String other = places.putIfAbsent(event.seq(), event.name());
            assertThat(other == null || other.equals(event.name()))
                    .as("one file at each position in the log: %s, but also %s", event, other)
                    .isTrue();
            Long seq = versions.putIfAbsent(event.digest(), event.seq());
            assertThat(seq == null || seq == event.seq())
                    .as("written once: %s, but also as version %s", event, seq)
                    .isTrue();
            byName.computeIfAbsent(event.name(), name -> new ArrayList<>()).add(event);
        }
        byName.values().forEach(VersionHistory::checkFile);
    }

    private static void checkFile(List<Event> file) {
        Map<Long, String> contents = new HashMap<>();
        for (Event event : file) {
            String other = contents.putIfAbsent(event.seq(), event.digest());
            assertThat(other == null || other.equals(event.digest()))
                    .as("one content per version: %s", event)
                    .isTrue();
        }
        List<Event> byBegin = sorted(file, Event::begin);
        List<Event> byEnd = sorted(file, Event::end);
        Event newest = null;
        int ended = 0;
        for (Event event : byBegin) {
            for (; ended < byEnd.size() && byEnd.get(ended).end() < event.begin(); ended++) {
                if (newest == null || byEnd.get(ended).seq() > newest.seq()) {
                    newest = byEnd.get(ended);
                }
            }
            if (newest != null) {
                assertThat(event.seq())
                        .as("%s began after %s had ended", event, newest)
                        .isGreaterThanOrEqualTo(newest.seq() + (event.write() ? 1 : 0));
            }
        }
    }

    private static List<Event> sorted(List<Event> events, ToLongFunction<Event> key) {
        return events.stream().sorted(Comparator.comparingLong(key)).toList();
    }
}
