package org.craq.client.cli;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine;

/** Entry point of the command line. */
public final class Main {
    private static final int WRONG_USAGE = 2;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(CraqCommand.commandLine(), args));
    }

    /** Runs a command line, to which subcommands may have been added, and returns its exit code. */
    public static int run(CommandLine line, String[] args) {
        if (line.getCommand() instanceof CraqCommand craq) {
            craq.configure(line);
        }
        if (garbled(args)) {
            line.getErr()
                    .println("craq: an argument holds characters that this locale can't express;"
                            + " set LC_ALL=C.UTF-8 and try again");
            return WRONG_USAGE;
        }
        int code = line.execute(args);
        line.getOut().flush();
        line.getErr().flush();
        return code;
    }

    /** Outside a UTF-8 locale, Java has replaced what it could not decode: names would come out wrong, silently. */
    private static boolean garbled(String[] args) {
        String charset = System.getProperty("sun.jnu.encoding", "UTF-8");
        return !Charset.forName(charset).equals(StandardCharsets.UTF_8)
                && Arrays.stream(args).anyMatch(arg -> arg.indexOf('\uFFFD') >= 0);
    }
}
