/** The content port: the door past gRPC for contents (content.proto). */
package org.craq.node.content;
