package org.craq.client.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.craq.client.FileInfo;
import org.craq.client.Receipt;

/**
 * Reports on the transfer of many files: a line or JSON object for each, a sentence for each problem, and a summary at
 * the end.
 */
final class TransferReport {
    private final Streams streams;
    private final boolean json;
    private final String verb;
    private long files;
    private long bytes;
    private long failures;
    private long skipped;
    private long untried;

    /**
     * Creates a report.
     *
     * @param verb what is done with the files, such as "stored"
     */
    TransferReport(Streams streams, boolean json, String verb) {
        this.streams = streams;
        this.json = json;
        this.verb = verb;
    }

    /** Formats a receipt for people. */
    static String line(Receipt receipt) {
        return receipt.name() + ": version " + receipt.version() + ", " + receipt.length() + " bytes, on "
                + String.join(", ", receipt.members());
    }

    /** Formats a read for people. */
    static String line(FileInfo info, String target) {
        return Printable.line(target) + ": version " + info.version() + ", " + info.length() + " bytes";
    }

    /** Prints the line of one file. On a terminal, the progress bar takes its place. */
    synchronized void line(String text, String object) {
        if (json) {
            streams.text().println(object);
        } else if (!streams.terminal()) {
            streams.text().println(text);
        }
    }

    synchronized void done(long length) {
        files++;
        bytes += length;
    }

    synchronized void failed(String what, Exception failure) {
        failures++;
        String text = Problems.text(failure);
        complain(what, text);
        if (json) {
            streams.text().println(Json.ofFailure(what, Problems.code(failure), text));
        }
    }

    /**
     * Reports a file that was not transferred.
     *
     * @param why such as "is a symbolic link"
     */
    synchronized void skipped(String what, String why) {
        skipped++;
        complain(what, why + "; skipped");
        if (json) {
            streams.text().println(Json.ofSkipped(what, why));
        }
    }

    /** Reports something about a file that is worth knowing and not a failure. */
    synchronized void note(String what, String text) {
        streams.errors().println("craq: " + Printable.line(what + ": " + text));
    }

    synchronized void untried() {
        untried++;
    }

    /**
     * Prints the totals and returns the exit code. An empty transfer counts as a failure, as the user probably meant
     * something else.
     */
    synchronized int summary() {
        PrintWriter errors = streams.errors();
        errors.printf(
                Locale.ROOT,
                "craq: %d files %s, %d bytes%s%s%s%s%n",
                files,
                verb,
                bytes,
                failures == 0 ? "" : "; " + failures + " failed",
                skipped == 0 ? "" : "; " + skipped + " skipped",
                untried == 0 ? "" : "; the rest were not tried",
                files + failures + untried == 0 ? "; there was no file to be " + verb : "");
        return failures == 0 && untried == 0 && files > 0 ? 0 : 1;
    }

    /** Reports a problem like the failure of a single file; the name comes first unless the sentence contains it. */
    private void complain(String what, String text) {
        String line = Printable.line(text);
        String name = Printable.line(what);
        streams.errors().println("craq: " + (line.contains(name) ? "" : name + ": ") + line);
    }
}
