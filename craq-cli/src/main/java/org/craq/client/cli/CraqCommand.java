package org.craq.client.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.craq.client.ClientTls;
import org.craq.client.ClusterHttp;
import org.craq.client.CraqClient;
import org.craq.client.Credentials;
import org.craq.client.FileVersion;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Loopback;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The command {@code craq}, with the options that its subcommands share: how to reach the manager, and how to print
 * answers. Further subcommands can be added to {@link #commandLine()}; they get this object through {@code
 * @ParentCommand} and inherit its options.
 */
@Command(
        name = "craq",
        description = "Stores files in a CRAQ cluster and reads them back.",
        versionProvider = BuildVersion.class,
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
            CertsCommand.class,
            LoginCommand.class,
            LogoutCommand.class,
            WhoAmICommand.class,
            UserCommand.class,
            GrantCommand.class,
            QuotaCommand.class,
            KeyCommand.class,
            PresignCommand.class,
            AuditCommand.class,
            CompletionCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:success",
            "1:failure, or a comparison found differences",
            "2:wrong usage",
            "3:no such file or version",
            "4:a condition (--if-version, --if-absent) does not hold",
            "141:the reader of the output has closed it"
        })
public final class CraqCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--manager",
            scope = ScopeType.INHERIT,
            paramLabel = "HOST:PORT",
            defaultValue = "${env:CRAQ_MANAGER:-127.0.0.1:9005}",
            description = "gRPC address of the manager, or several separated by commas. Default: environment variable"
                    + " CRAQ_MANAGER, or 127.0.0.1:9005.")
    private String manager;

    @Option(
            names = "--ca",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            defaultValue = "${env:CRAQ_TLS_CA}",
            description =
                    "Encrypt gRPC and HTTP. The PEM file has the authorities that may have issued the servers' certificates, as"
                            + " 'craq certs' writes it. Default: environment variable CRAQ_TLS_CA; without it nothing is"
                            + " encrypted.")
    private Path authorities;

    @Option(
            names = "--cert",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            defaultValue = "${env:CRAQ_TLS_CERTIFICATE}",
            description = "Own certificate, PEM; needs --ca and --key. Default: environment variable"
                    + " CRAQ_TLS_CERTIFICATE.")
    private Path certificate;

    @Option(
            names = "--key",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            defaultValue = "${env:CRAQ_TLS_KEY}",
            description = "Private key of the certificate, PEM. Default: environment variable CRAQ_TLS_KEY.")
    private Path key;

    @Option(
            names = "--token-file",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "File with a token, which only its owner may read. Default: environment variable"
                    + " CRAQ_TOKEN_FILE; else see --access-key-file.")
    private Path tokenFile;

    @Option(
            names = "--access-key-file",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description =
                    "File with an access key, ID:SECRET, which only its owner may read. Default: environment variable"
                            + " CRAQ_ACCESS_KEY_FILE; else the administrator's key of the cluster that was started here by"
                            + " 'craq up', or the token of 'craq login'.")
    private Path accessKeyFile;

    @Option(
            names = "--timeout",
            scope = ScopeType.INHERIT,
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to keep retrying without progress. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print answers as JSON, one object per line.")
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
    private final Map<String, String> environment;
    private KnownCluster here = managers -> KnownCluster.Facts.none();

    CraqCommand(Streams streams, Map<String, String> environment) {
        this.streams = streams;
        this.environment = Map.copyOf(environment);
    }

    /** Returns a new command line on the process's standard streams; {@link Main#run} runs it. */
    public static CommandLine commandLine() {
        return commandLine(Streams.standard());
    }

    static CommandLine commandLine(Streams streams) {
        return commandLine(streams, System.getenv());
    }

    /** @param environment the environment variables by which credentials are found */
    static CommandLine commandLine(Streams streams, Map<String, String> environment) {
        CraqCommand command = new CraqCommand(streams, environment);
        return command.configure(new CommandLine(command));
    }

    /**
     * Applies the settings, which reach only the subcommands added so far; called again when others may have been
     * added.
     */
    CommandLine configure(CommandLine line) {
        Problems problems = new Problems(this);
        return line.setOut(streams.text())
                .setErr(streams.errors())
                // A name may begin with @; it does not mean a file with further arguments.
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

    /** Sets the source of what is known about a cluster on this machine. */
    public void knownCluster(KnownCluster cluster) {
        here = cluster;
    }

    /** Returns what this machine knows about the cluster that the command uses. */
    KnownCluster.Facts known() {
        return here.of(List.of(manager.split(",")));
    }

    /** Returns the file with the token of {@code craq login}. */
    Path loginToken() {
        return ConfigFolder.token(environment);
    }

    /**
     * Returns the credentials that the command uses. Those that nobody has named stay unused where they would not be
     * encrypted, and where a certificate says who calls.
     */
    Optional<Credentials> credentials() {
        Optional<Credentials> named = new CredentialChoice(
                        Optional.ofNullable(tokenFile), Optional.ofNullable(accessKeyFile))
                .named(environment);
        boolean safe = authorities != null
                || Stream.of(manager.split(",")).map(String::strip).allMatch(Loopback::isAddress);
        return named.isPresent() || !safe || certificate != null
                ? named
                : CredentialChoice.usual(() -> known().administratorKey(), environment);
    }

    /** Returns a client with the settings that the options describe; the caller closes it. */
    public CraqClient client() {
        return client(credentials());
    }

    /** Returns a client with these credentials in place of those of the options; the caller closes it. */
    CraqClient client(Optional<Credentials> credentials) {
        if (timeout < 1) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "--timeout must be at least 1 second");
        }
        CraqClient.Builder builder = CraqClient.builder()
                .manager(manager.split(","))
                .operationTimeout(timeout())
                .progressTimeout(Duration.ofSeconds(Math.min(30, timeout)));
        tls().ifPresent(builder::tls);
        credentials.ifPresent(builder::credentials);
        return builder.build();
    }

    /** Returns HTTP connections with the settings that the options describe. */
    ClusterHttp http() {
        return ClusterHttp.of(tls());
    }

    private Optional<ClientTls> tls() {
        if ((certificate == null) != (key == null)) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "--cert and --key belong together; give both or none");
        }
        if (authorities == null) {
            if (certificate != null) {
                throw new CraqException(
                        ErrorCode.INVALID_ARGUMENT, "--cert needs --ca, or there is no TLS to use it in");
            }
            return Optional.empty();
        }
        return Optional.of(new ClientTls(authorities, Optional.ofNullable(certificate), Optional.ofNullable(key)));
    }

    /** Returns how long to keep retrying without progress. */
    Duration timeout() {
        return Duration.ofSeconds(timeout);
    }

    /** Returns the managers' addresses, as given by {@code --manager}. */
    public String manager() {
        return manager;
    }

    /** Returns true if answers are to be printed as JSON. */
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
        throw subcommandMissing(spec);
    }

    /** Returns the error of a command that does nothing without a subcommand. */
    static ParameterException subcommandMissing(CommandSpec spec) {
        return new ParameterException(
                spec.commandLine(),
                "a subcommand is missing: one of "
                        + String.join(", ", spec.commandLine().getSubcommands().keySet()));
    }
}
