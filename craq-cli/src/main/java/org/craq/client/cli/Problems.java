package org.craq.client.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.util.Optional;
import org.craq.client.FailureReason;
import org.craq.client.rest.Refused;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Reports a failure in a line or two and converts it into an exit code. */
final class Problems implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;
    private static final int NOT_FOUND = 3;
    private static final int CONDITION_FAILED = 4;

    private final CraqCommand command;

    Problems(CraqCommand command) {
        this.command = command;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
        if (failure instanceof StandardOutput.Failure) {
            return FAILED; // reported at the end, like a failure to write text
        }
        PrintWriter errors = line.getErr();
        errors.println("craq: " + text(failure));
        if (failure instanceof CraqException known && known.code().advice() == ErrorCode.Advice.REPORT) {
            errors.println("craq: " + known.code().advice().text());
        }
        advice(failure).ifPresent(advice -> errors.println("craq: " + Printable.line(advice)));
        if (command.debug()) {
            failure.printStackTrace(errors);
        }
        errors.flush();
        return failure instanceof CraqException known ? exitCode(known.code()) : FAILED;
    }

    /** Returns what to do about a refusal: the program's own advice where it knows better than the server. */
    private static Optional<String> advice(Exception failure) {
        if (failure instanceof Refused refused) {
            return FailureReason.remedy(refused.code())
                    .or(() -> Optional.of(refused.advice()).filter(text -> !text.isEmpty()));
        }
        return failure instanceof CraqException known ? FailureReason.remedy(known.code()) : Optional.empty();
    }

    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        CommandLine line = failure.getCommandLine();
        line.getErr().println("craq: " + Printable.line(failure.getMessage()));
        line.getErr().println("See: " + line.getCommandSpec().qualifiedName() + " --help");
        return WRONG_USAGE;
    }

    static int exitCode(ErrorCode code) {
        return switch (code) {
            case NOT_FOUND, VERSION_GONE, VERSION_PRUNED -> NOT_FOUND;
            case PRECONDITION_FAILED -> CONDITION_FAILED;
            case INVALID_ARGUMENT -> WRONG_USAGE;
            default -> FAILED;
        };
    }

    /** Returns a word for programs: the store's error code, or IO for a problem with a local file. */
    static String code(Exception failure) {
        return failure instanceof CraqException known
                ? known.code().name()
                : failure instanceof IOException || failure instanceof InvalidPathException
                        ? "IO"
                        : ErrorCode.INTERNAL.name();
    }

    static String text(Exception failure) {
        return Printable.line(plainText(failure));
    }

    private static String plainText(Exception failure) {
        if (failure instanceof CraqException || failure instanceof Refused) {
            return failure.getMessage();
        }
        if (failure instanceof IOException || failure instanceof InvalidPathException) {
            return FailureReason.ofFile(failure);
        }
        String what = failure.getMessage() == null ? "" : " (" + failure.getMessage() + ")";
        return "unexpected failure" + what + "; run again with --debug for the details, and report it";
    }
}
