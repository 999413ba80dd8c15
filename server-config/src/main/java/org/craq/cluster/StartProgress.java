package org.craq.cluster;

/** Hears of each step of a longer operation, as one line of text for people. May be called by several threads. */
@FunctionalInterface
public interface StartProgress {
    /** Tells nobody. */
    StartProgress SILENT = line -> {};

    void step(String line);
}
