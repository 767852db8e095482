/** The parts that we read of a FileDescriptorSet in JSON, as `buf build -o -#format=json` writes it. */
export interface ProtoImage {
  readonly file: readonly ProtoFile[];
}

export interface ProtoFile {
  readonly name: string;
  readonly package: string;
  readonly messageType?: readonly ProtoMessage[];
  readonly enumType?: readonly ProtoEnum[];
  readonly service?: readonly ProtoService[];
}

export interface ProtoMessage {
  readonly name: string;
  readonly field?: readonly ProtoField[];
  readonly oneofDecl?: readonly { readonly name: string }[];
}

export interface ProtoField {
  readonly name: string;
  readonly jsonName: string;
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly typeName?: string;
  readonly oneofIndex?: number;
  readonly proto3Optional?: boolean;
}

export interface ProtoEnum {
  readonly name: string;
  readonly value: readonly { readonly name: string; readonly number?: number }[];
}

export interface ProtoService {
  readonly name: string;
  readonly method: readonly {
    readonly name: string;
    readonly inputType: string;
    readonly outputType: string;
    readonly clientStreaming?: boolean;
    readonly serverStreaming?: boolean;
  }[];
}
