package org.craq.client.bench;

import java.util.function.LongConsumer;

/** A listener of a measurement that must not report any notes. */
final class NoNotes implements Bench.Watcher {
    @Override
    public LongConsumer stage(String what) {
        return bytes -> {};
    }

    @Override
    public void note(String text) {
        throw new AssertionError(text);
    }
}
