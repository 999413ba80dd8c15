package org.craq.client.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Converts the names of local files, which are bytes to the operating system, to text and back without loss. Java
 * itself replaces bytes that the locale's character set does not have, so that two files may seem to have the same
 * name. Where the locale has only ASCII, as it does when nothing is set, names are taken to be UTF-8, as they are in
 * the store.
 */
final class LocalNames {
    /** The character by which Java replaces invalid bytes. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private final Charset platform;
    private final Charset charset;

    /**
     * Creates a converter.
     *
     * @param platform character set by which Java decodes names and arguments
     */
    LocalNames(Charset platform) {
        this.platform = platform;
        charset = platform.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : platform;
    }

    /** Returns the converter for the locale of this process. */
    static LocalNames ofProcess() {
        return new LocalNames(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
    }

    /**
     * Returns the path as text.
     *
     * @throws FileSystemException when its bytes are not valid text
     */
    String text(Path path) throws FileSystemException {
        String text = path.toString();
        if (text.indexOf(REPLACEMENT) < 0) {
            return text;
        }
        byte[] bytes = bytes(path);
        try {
            return decoded(bytes);
        } catch (CharacterCodingException e) {
            throw (FileSystemException)
                    new FileSystemException(shown(bytes), null, "its name is not valid " + charset + "; rename it")
                            .initCause(e);
        }
    }

    /** Returns the path as text for messages, with hexadecimal numbers in place of invalid bytes. */
    String shown(Path path) {
        return path.toString().indexOf(REPLACEMENT) < 0 ? path.toString() : shown(bytes(path));
    }

    /**
     * Returns the path for a text that the user entered.
     *
     * @throws CraqException INVALID_ARGUMENT when no file can have this name
     */
    Path path(String text) {
        if (text.isEmpty()) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "the name of a local file must not be empty");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            if (text.indexOf('\0') >= 0 || charset.equals(platform)) {
                throw impossible(text, e);
            }
        }
        // The locale lacks these characters, but a URI can express the path as bytes.
        try {
            Path root = Path.of("/");
            String name = percentEncoded(charset.newEncoder().encode(CharBuffer.wrap(text)));
            Path absolute = Path.of(URI.create("file:///" + name.replaceFirst("^/+", "")));
            return text.startsWith("/") ? absolute : root.relativize(absolute);
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw impossible(text, e);
        }
    }

    private static CraqException impossible(String text, Exception cause) {
        return new CraqException(
                ErrorCode.INVALID_ARGUMENT,
                "no local file can be named '" + text + "' in this locale; set LC_ALL=C.UTF-8",
                cause);
    }

    /**
     * Returns the arguments of this process without loss.
     *
     * @param given the arguments as Java has decoded them
     * @throws IOException naming the argument that is not valid text; or because Java can't read the name of the
     *     current folder, and would use a wrong path for it
     */
    String[] arguments(String[] given) throws IOException {
        if (System.getProperty("user.dir", "").indexOf(REPLACEMENT) >= 0) {
            throw new IOException(
                    "the current folder's name can't be read in this locale; set LC_ALL=C.UTF-8, or change to another folder");
        }
        for (String argument : given) {
            if (argument.indexOf(REPLACEMENT) >= 0) {
                return decoded(given, commandLine());
            }
        }
        return given;
    }

    private static List<byte[]> commandLine() throws IOException {
        List<byte[]> words = new ArrayList<>();
        if (Files.isReadable(COMMAND_LINE)) {
            ByteArrayOutputStream word = new ByteArrayOutputStream();
            for (byte octet : Files.readAllBytes(COMMAND_LINE)) {
                if (octet == 0) {
                    words.add(word.toByteArray());
                    word.reset();
                } else {
                    word.write(octet);
                }
            }
        }
        return words;
    }

    /**
     * Decodes the arguments from their bytes.
     *
     * @param words the words of the whole command line, ending with the arguments; a word belongs to an argument if
     *     Java decodes it to the same text
     */
    String[] decoded(String[] given, List<byte[]> words) throws IOException {
        String[] arguments = new String[given.length];
        int before = words.size() - given.length;
        for (int i = 0; i < given.length; i++) {
            boolean known = before >= 0 && new String(words.get(before + i), platform).equals(given[i]);
            if (!known && given[i].indexOf(REPLACEMENT) >= 0) {
                throw new IOException("argument " + (i + 1) + ", '" + given[i]
                        + "', contains characters that this locale does not have; set LC_ALL=C.UTF-8 and try again");
            }
            try {
                arguments[i] = known ? decoded(words.get(before + i)) : given[i];
            } catch (CharacterCodingException e) {
                throw new IOException(
                        "argument " + (i + 1) + ", '" + shown(words.get(before + i)) + "', is not valid " + charset
                                + "; a local file with such a name must be renamed first",
                        e);
            }
        }
        return arguments;
    }

    private String decoded(byte[] bytes) throws CharacterCodingException {
        return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }

    /** Returns the bytes of a path, which its URI contains in full. */
    private static byte[] bytes(Path path) {
        String uri = path.getFileSystem()
                .getRootDirectories()
                .iterator()
                .next()
                .resolve(path)
                .toUri()
                .getRawPath();
        int begin = path.isAbsolute() ? 0 : 1;
        int end = uri.length() > 1 && uri.endsWith("/") ? uri.length() - 1 : uri.length();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = begin; i < end; i++) {
            if (uri.charAt(i) == '%') {
                bytes.write(Integer.parseInt(uri.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.write(uri.charAt(i));
            }
        }
        return bytes.toByteArray();
    }

    private static String percentEncoded(ByteBuffer bytes) {
        StringBuilder text = new StringBuilder();
        while (bytes.hasRemaining()) {
            byte octet = bytes.get();
            text.append(octet == '/' ? "/" : String.format("%%%02X", octet & 0xff));
        }
        return text.toString();
    }

    /** Formats invalid text, with ASCII characters as they are. */
    private static String shown(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte octet : bytes) {
            text.append(octet >= ' ' && octet < 0x7f ? String.valueOf((char) octet) : String.format("\\x%02X", octet));
        }
        return text.toString();
    }
}
