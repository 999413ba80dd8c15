package org.craq.client.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;

/** Entry point of the command line. */
public final class Main {
    private static final int FAILED = 1;
    /**
     * The exit code that a shell reports for a program that was killed because nobody reads its output: 128 plus the
     * number of SIGPIPE.
     */
    private static final int READER_GONE = 128 + 13;

    /**
     * The logger of gRPC, whose warnings contain stack traces; the commands report failures themselves. Kept in a
     * field, as the level of an unreferenced logger is lost.
     */
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(CraqCommand.commandLine(), args));
    }

    /** Runs a command line, to which subcommands may have been added, and returns its exit code. */
    public static int run(CommandLine line, String[] args) {
        if (System.getProperty("java.util.logging.config.file") == null) {
            GRPC.setLevel(Level.OFF);
        }
        String[] words;
        try {
            words = LocalNames.ofProcess().arguments(args);
        } catch (IOException e) {
            line.getErr().println("craq: " + e.getMessage());
            return FAILED;
        }
        if (line.getCommand() instanceof CraqCommand craq) {
            craq.configure(line);
            return ended(craq.streams(), line.execute(words));
        }
        return line.execute(words);
    }

    /** Returns the exit code; a command whose output could not be written has failed, whatever else it did. */
    private static int ended(Streams streams, int code) {
        streams.text().flush();
        Optional<StandardOutput.Failure> failure = streams.out().failure();
        if (failure.isPresent() && failure.get().readerGone()) {
            return READER_GONE;
        }
        failure.ifPresent(known -> streams.errors().println("craq: " + known.getMessage()));
        streams.errors().flush();
        return failure.isPresent() && code == 0 ? FAILED : code;
    }
}
