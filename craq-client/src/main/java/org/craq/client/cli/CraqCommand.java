package org.craq.client.cli;

import java.nio.file.Path;
import java.time.Duration;
import org.craq.client.CraqClient;
import org.craq.client.FileVersion;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The command {@code craq} with what its subcommands share: where the manager is, and how to answer. Further subcommands
 * are added to {@link #commandLine()}; they reach this object by {@code @ParentCommand} and inherit its options.
 */
@Command(
        name = "craq",
        description = "Stores files in a CRAQ cluster and reads them back.",
        version = "craq 1.0.0",
        subcommands = {
            PutCommand.class,
            AppendCommand.class,
            GetCommand.class,
            CatCommand.class,
            ListCommand.class,
            StatCommand.class,
            VersionsCommand.class,
            RemoveCommand.class,
            CopyCommand.class,
            MoveCommand.class,
            VerifyCommand.class,
            ChainCommand.class,
            NodesCommand.class,
            ScrubCommand.class,
            BenchCommand.class,
            CompletionCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed, or what was compared differs",
            "2:wrong usage",
            "3:no such file or version",
            "4:a condition (--if-version, --if-absent) does not hold",
            "141:whoever read the output has gone"
        })
public final class CraqCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--manager",
            scope = ScopeType.INHERIT,
            paramLabel = "HOST:PORT",
            defaultValue = "${env:CRAQ_MANAGER:-127.0.0.1:9005}",
            description = "gRPC address of the manager; several are separated by commas. Default: environment variable"
                    + " CRAQ_MANAGER, or 127.0.0.1:9005.")
    private String manager;

    @Option(
            names = "--timeout",
            scope = ScopeType.INHERIT,
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to go on trying without any progress. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Answer in JSON, one object per line.")
    private boolean json;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the details of a failure.")
    private boolean debug;

    @Option(
            names = {"-h", "--help"},
            scope = ScopeType.INHERIT,
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version of this program.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean version;

    private final Streams streams;

    CraqCommand(Streams streams) {
        this.streams = streams;
    }

    /** A fresh command line on the process's own standard streams; {@link Main#run} runs it. */
    public static CommandLine commandLine() {
        return commandLine(Streams.standard());
    }

    static CommandLine commandLine(Streams streams) {
        CraqCommand command = new CraqCommand(streams);
        return command.configure(new CommandLine(command));
    }

    /** Settings reach only the subcommands that are there, so this is repeated when others may have been added. */
    CommandLine configure(CommandLine line) {
        Problems problems = new Problems(this);
        return line.setOut(streams.text())
                .setErr(streams.errors())
                // A name that begins with @ is a name, and no file of further arguments.
                .setExpandAtFiles(false)
                .registerConverter(FileVersion.class, CraqCommand::version)
                .registerConverter(Path.class, CraqCommand::path)
                .setParameterExceptionHandler(problems)
                .setExecutionExceptionHandler(problems);
    }

    private static FileVersion version(String text) {
        try {
            return FileVersion.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static Path path(String text) {
        try {
            return LocalNames.ofProcess().path(text);
        } catch (CraqException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /** A client as the options describe it; the caller closes it. */
    public CraqClient client() {
        if (timeout < 1) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "--timeout is at least 1 second");
        }
        return CraqClient.builder()
                .manager(manager.split(","))
                .operationTimeout(timeout())
                .progressTimeout(Duration.ofSeconds(Math.min(30, timeout)))
                .build();
    }

    /** How long to go on trying without any progress. */
    Duration timeout() {
        return Duration.ofSeconds(timeout);
    }

    /** The managers' addresses, as given by {@code --manager}. */
    public String manager() {
        return manager;
    }

    /** True if answers are to be JSON. */
    public boolean json() {
        return json;
    }

    boolean debug() {
        return debug;
    }

    Streams streams() {
        return streams;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to do: one of "
                        + String.join(", ", spec.commandLine().getSubcommands().keySet()));
    }
}
