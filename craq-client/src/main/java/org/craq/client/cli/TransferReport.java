package org.craq.client.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.craq.client.FileInfo;
import org.craq.client.Receipt;

/** What became of many files: a line or an object for each, what went wrong with a sentence, and a summary at the end. */
final class TransferReport {
    private final Streams streams;
    private final boolean json;
    private final String verb;
    private long files;
    private long bytes;
    private long failures;
    private long skipped;
    private long untried;

    /** @param verb what was done with the files, such as "stored" */
    TransferReport(Streams streams, boolean json, String verb) {
        this.streams = streams;
        this.json = json;
        this.verb = verb;
    }

    /** What a receipt says, for people. */
    static String line(Receipt receipt) {
        return receipt.name() + ": version " + receipt.version() + ", " + receipt.length() + " bytes, on "
                + String.join(", ", receipt.members());
    }

    /** What was read, for people. */
    static String line(FileInfo info, String target) {
        return Printable.line(target) + ": version " + info.version() + ", " + info.length() + " bytes";
    }

    /** A file's own line. On a terminal the bar is enough. */
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

    /** @param why such as "is a symbolic link" */
    synchronized void skipped(String what, String why) {
        skipped++;
        complain(what, why + "; skipped");
        if (json) {
            streams.text().println(Json.ofSkipped(what, why));
        }
    }

    /** What is worth knowing of a file, and no failure. */
    synchronized void note(String what, String text) {
        streams.errors().println("craq: " + Printable.line(what + ": " + text));
    }

    synchronized void untried() {
        untried++;
    }

    /** Tells the sums; the result is the exit code. That nothing was there to be done is a failure: something else was meant. */
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
                untried == 0 ? "" : "; the rest was not tried",
                files + failures + untried == 0 ? "; there was no file to be " + verb : "");
        return failures == 0 && untried == 0 && files > 0 ? 0 : 1;
    }

    /** As the failure of a single file is told; the name goes in front where the sentence does not begin with it. */
    private void complain(String what, String text) {
        String line = Printable.line(text);
        String name = Printable.line(what);
        streams.errors().println("craq: " + (line.contains(name) ? "" : name + ": ") + line);
    }
}
