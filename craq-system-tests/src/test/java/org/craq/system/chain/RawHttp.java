package org.craq.system.chain;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Sends hand-written HTTP, which a correct client would never send. */
public final class RawHttp {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int LONGEST_HEAD = 8192;
    /** An answer is considered complete after this time without data. */
    private static final int QUIET_MILLIS = 2_000;

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 ([2-5][0-9]{2}) ");

    private RawHttp() {}

    /** Sends a request without a body, with the target as it is; returns the whole answer. */
    static String request(String baseUrl, String method, String target) throws IOException {
        URI base = URI.create(baseUrl);
        try (Socket socket = connect(base)) {
            send(
                    socket,
                    method + " " + target + " HTTP/1.1\r\nHost: " + base.getAuthority()
                            + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            StringBuilder answer = new StringBuilder();
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answer.append(line).append('\n');
            }
            return answer.toString();
        }
    }

    /** Sends the head of a request without its body; returns the beginning of the answer. */
    static String answerToHead(URI target, String method, String headers) throws IOException {
        try (Socket socket = connect(target)) {
            send(
                    socket,
                    method + " " + target.getRawPath() + " HTTP/1.1\r\nHost: " + target.getAuthority() + "\r\n"
                            + headers + "\r\n\r\n");
            byte[] begin = new byte[LONGEST_HEAD];
            int length = socket.getInputStream().read(begin);
            return new String(begin, 0, Math.max(length, 0), StandardCharsets.UTF_8);
        }
    }

    /** Sends a head as it is, which must close its connection; returns the whole answer. */
    static String head(String baseUrl, String... lines) throws IOException {
        try (Socket socket = connect(URI.create(baseUrl))) {
            send(socket, String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n");
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Returns the status in the first line of an answer. */
    static int status(String answer) {
        return Integer.parseInt(answer.split(" ", 3)[1]);
    }

    /**
     * Sends a request as it is, on a connection that stays open, and returns all data until the server closes it or is
     * silent for a while.
     *
     * @param request method and target
     * @param head further lines of the head, each with its line end
     */
    public static String exchange(String baseUrl, String request, String head, String body) throws IOException {
        URI base = URI.create(baseUrl);
        StringBuilder answers = new StringBuilder();
        try (Socket socket = connect(base)) {
            send(socket, request + " HTTP/1.1\r\nHost: " + base.getAuthority() + "\r\n" + head + "\r\n" + body);
            byte[] part = new byte[8192];
            for (int read = socket.getInputStream().read(part);
                    read >= 0;
                    read = socket.getInputStream().read(part)) {
                answers.append(new String(part, 0, read, StandardCharsets.ISO_8859_1));
                socket.setSoTimeout(QUIET_MILLIS);
            }
        } catch (SocketTimeoutException e) {
            // The connection waits for the next request.
        } catch (SocketException e) {
            // The connection was reset, because the server did not read everything.
        }
        return answers.toString();
    }

    /** Returns the statuses of all answers, in their order. */
    public static List<Integer> statuses(String answers) {
        return STATUS_LINE
                .matcher(answers)
                .results()
                .map(line -> Integer.parseInt(line.group(1)))
                .toList();
    }

    /**
     * Sends the head of a PUT and a part of its body, runs an action, and breaks the connection.
     *
     * @param framing header that announces a body longer than the part
     * @param reset whether to break it by a reset instead of an orderly close
     */
    static void breakOffPut(URI file, String framing, byte[] part, boolean reset, Runnable meanwhile)
            throws IOException {
        try (Socket socket = connect(file)) {
            send(
                    socket,
                    "PUT " + file.getRawPath() + " HTTP/1.1\r\nHost: " + file.getAuthority() + "\r\n" + framing
                            + "\r\n\r\n");
            OutputStream output = socket.getOutputStream();
            output.write(part);
            output.flush();
            meanwhile.run();
            socket.setSoLinger(reset, 0);
        }
    }

    /** Returns a chunk of a chunked body. */
    static byte[] chunk(byte[] content) throws IOException {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.write((Integer.toHexString(content.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        chunk.write(content);
        chunk.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        return chunk.toByteArray();
    }

    private static Socket connect(URI base) throws IOException {
        Socket socket = new Socket(base.getHost(), base.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }
}
