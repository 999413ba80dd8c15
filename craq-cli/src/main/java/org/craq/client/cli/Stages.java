package org.craq.client.cli;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.craq.client.bench.Bench;

/** Shows the stages of a measurement, each with a progress bar of its own on a terminal, and its notes. */
final class Stages implements Bench.Watcher, AutoCloseable {
    private final Streams streams;
    private Optional<Progress> current = Optional.empty();

    Stages(Streams streams) {
        this.streams = streams;
    }

    @Override
    public LongConsumer stage(String what) {
        close();
        Progress progress = Progress.of(what, OptionalLong.empty(), streams);
        current = Optional.of(progress);
        return progress;
    }

    @Override
    public void note(String text) {
        close();
        streams.errors().println("craq: " + text);
    }

    @Override
    public void close() {
        current.ifPresent(Progress::close);
        current = Optional.empty();
    }
}
