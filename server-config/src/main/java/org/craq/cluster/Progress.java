package org.craq.cluster;

/** Hears of each step of a longer operation, as one line of text for people. May be called by several threads. */
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress SILENT = line -> {};

    void step(String line);
}
