package org.craq.node.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredContentTypeTest {
    /** A server that extracts the charset from a type and adds it back in its own format. */
    private static final class ParsingServer {
        private String type = "";
        private String charset = "";
        private String header = "";

        private Object answer(String method, Object... arguments) {
            switch (method) {
                case "setContentType" -> {
                    String text = (String) arguments[0];
                    int at = text.indexOf("charset=");
                    if (at >= 0) {
                        int end = text.indexOf(';', at) < 0 ? text.length() : text.indexOf(';', at);
                        charset = text.substring(at + 8, end).replace("\"", "");
                        type = text.substring(0, text.lastIndexOf(';', at)) + text.substring(end);
                        header = type + ";charset=" + charset;
                    } else {
                        type = text;
                        header = charset.isEmpty() ? type : type + "; charset=" + charset;
                    }
                }
                case "setCharacterEncoding" -> {
                    charset = (String) arguments[0];
                    header = type + ";charset=" + charset;
                }
                case "getHeader" -> {
                    return header;
                }
                default -> throw new AssertionError(method);
            }
            return null;
        }

        HttpServletResponse response() {
            return (HttpServletResponse) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {HttpServletResponse.class},
                    (proxy, method, arguments) -> answer(method.getName(), arguments));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "text/plain; charset=utf-8",
                "text/plain;charset=utf-8",
                "Text/Plain; Charset=UTF-8",
                "text/html; charset=\"utf-8\"",
                "text/plain; charset=utf-8; format=flowed",
                "text/plain;a=\"b;charset=c d\"; e=f"
            })
    void isSentAsItWasStoredAlsoByAServerThatReadsIt(String type) {
        ParsingServer server = new ParsingServer();
        StoredContentType.write(server.response(), type);
        assertThat(server.header).isEqualTo(type);
    }

    @Test
    void hasTheSameMeaningWhereThatIsNotPossible() {
        ParsingServer server = new ParsingServer();
        StoredContentType.write(server.response(), "text/plain;  charset=utf-8");
        assertThat(server.header).isEqualTo("text/plain;charset=utf-8");
    }

    @Test
    void whatNoClientCouldReadIsToldAsBytes() {
        assertThat(StoredContentType.of("text/plain; charset")).isEqualTo("application/octet-stream");
        assertThat(StoredContentType.of("")).isEqualTo("application/octet-stream");
        assertThat(StoredContentType.of("text/plain; a=b")).isEqualTo("text/plain; a=b");
    }
}
