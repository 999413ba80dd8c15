package org.craq.client.cli;

import java.io.IOException;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Asks for passwords. */
final class Passwords {
    private Passwords() {}

    /**
     * Asks for a password.
     *
     * @throws CraqException INVALID_ARGUMENT when it is empty
     */
    static String ask(Streams streams, String user) throws IOException {
        return asked(streams, "Password of " + user + ": ");
    }

    /**
     * Asks for a new password, on a console twice.
     *
     * @throws CraqException INVALID_ARGUMENT when it is empty, or the second is another one
     */
    static String askNew(Streams streams, String user) throws IOException {
        String first = asked(streams, "New password of " + user + ": ");
        if (streams.prompt().isConsole() && !first.equals(asked(streams, "Once more: "))) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT, "these are two different passwords; nothing was changed");
        }
        return first;
    }

    private static String asked(Streams streams, String text) throws IOException {
        String password = streams.prompt().ask(text);
        if (password.isEmpty()) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "a password must not be empty");
        }
        return password;
    }
}
