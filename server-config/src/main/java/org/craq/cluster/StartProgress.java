package org.craq.cluster;

/** Receives each step of a longer operation as a line of text for people. May be called by several threads. */
@FunctionalInterface
public interface StartProgress {
    /** Ignores all steps. */
    StartProgress SILENT = line -> {};

    /** Reports a step. */
    void step(String line);
}
