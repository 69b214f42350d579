// Code generated from the database by `scripts/db types`. DO NOT EDIT.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  public: {
    Tables: {
      profiles: {
        Row: {
          cargo: string | null;
          cdChave: number | null;
          cdCliente: number | null;
          dtRegistro: string;
          id: string;
          nome: string | null;
          role: Database["public"]["Enums"]["role"];
          sobrenome: string | null;
        };
        ComputedFields: never;
        Insert: {
          cargo?: string | null;
          cdChave?: number | null;
          cdCliente?: number | null;
          dtRegistro?: string;
          id: string;
          nome?: string | null;
          role?: Database["public"]["Enums"]["role"];
          sobrenome?: string | null;
        };
        Update: {
          cargo?: string | null;
          cdChave?: number | null;
          cdCliente?: number | null;
          dtRegistro?: string;
          id?: string;
          nome?: string | null;
          role?: Database["public"]["Enums"]["role"];
          sobrenome?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "profiles_cdChave_fkey";
            columns: ["cdChave"];
            isOneToOne: false;
            referencedRelation: "TbClienteChave";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "profiles_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
      TbApiKeys: {
        Row: {
          blAtiva: boolean;
          cdApiKey: string;
          cdApiKeyMae: string | null;
          cdCliente: number | null;
          cdClientes: number[] | null;
          cdPortador: string | null;
          cdUsuario: string;
          dsHash: string;
          dsNome: string | null;
          dsPermissoes: string[];
          dsPrefixo: string | null;
          dtExpiracao: string | null;
          dtRegistro: string;
          nrCotaDiaria: number | null;
          nrLimiteMinuto: number | null;
        };
        ComputedFields: never;
        Insert: {
          blAtiva?: boolean;
          cdApiKey?: string;
          cdApiKeyMae?: string | null;
          cdCliente?: number | null;
          cdClientes?: number[] | null;
          cdPortador?: string | null;
          cdUsuario: string;
          dsHash: string;
          dsNome?: string | null;
          dsPermissoes?: string[];
          dsPrefixo?: string | null;
          dtExpiracao?: string | null;
          dtRegistro?: string;
          nrCotaDiaria?: number | null;
          nrLimiteMinuto?: number | null;
        };
        Update: {
          blAtiva?: boolean;
          cdApiKey?: string;
          cdApiKeyMae?: string | null;
          cdCliente?: number | null;
          cdClientes?: number[] | null;
          cdPortador?: string | null;
          cdUsuario?: string;
          dsHash?: string;
          dsNome?: string | null;
          dsPermissoes?: string[];
          dsPrefixo?: string | null;
          dtExpiracao?: string | null;
          dtRegistro?: string;
          nrCotaDiaria?: number | null;
          nrLimiteMinuto?: number | null;
        };
        Relationships: [];
      };
      TbAuditoria: {
        Row: {
          cdAuditoria: number;
          cdCliente: number | null;
          cdClienteApagado: number | null;
          cdClientes: number[] | null;
          dsChamador: string | null;
          dsOperacao: string;
          dsRequisicao: string | null;
          dsTabela: string;
          dtRegistro: string;
          jsAntes: Json | null;
          jsDepois: Json | null;
        };
        ComputedFields: never;
        Insert: {
          cdAuditoria?: never;
          cdCliente?: number | null;
          cdClienteApagado?: number | null;
          cdClientes?: number[] | null;
          dsChamador?: string | null;
          dsOperacao: string;
          dsRequisicao?: string | null;
          dsTabela: string;
          dtRegistro?: string;
          jsAntes?: Json | null;
          jsDepois?: Json | null;
        };
        Update: {
          cdAuditoria?: never;
          cdCliente?: number | null;
          cdClienteApagado?: number | null;
          cdClientes?: number[] | null;
          dsChamador?: string | null;
          dsOperacao?: string;
          dsRequisicao?: string | null;
          dsTabela?: string;
          dtRegistro?: string;
          jsAntes?: Json | null;
          jsDepois?: Json | null;
        };
        Relationships: [];
      };
      TbCliente: {
        Row: {
          cdCliente: number;
          cdClientePai: number | null;
          cdStatus: Database["public"]["Enums"]["status"] | null;
          dsBairro: string | null;
          dsCep: string | null;
          dsCidade: string | null;
          dsComplemento: string | null;
          dsLogradouro: string | null;
          dsNome: string | null;
          dsObs: string | null;
          dsUF: string | null;
          dtRegistro: string | null;
          nrCnpj: string | null;
          nrIe: string | null;
          nrInscMun: string | null;
          nrNumero: string | null;
        };
        ComputedFields: never;
        Insert: {
          cdCliente?: number;
          cdClientePai?: number | null;
          cdStatus?: Database["public"]["Enums"]["status"] | null;
          dsBairro?: string | null;
          dsCep?: string | null;
          dsCidade?: string | null;
          dsComplemento?: string | null;
          dsLogradouro?: string | null;
          dsNome?: string | null;
          dsObs?: string | null;
          dsUF?: string | null;
          dtRegistro?: string | null;
          nrCnpj?: string | null;
          nrIe?: string | null;
          nrInscMun?: string | null;
          nrNumero?: string | null;
        };
        Update: {
          cdCliente?: number;
          cdClientePai?: number | null;
          cdStatus?: Database["public"]["Enums"]["status"] | null;
          dsBairro?: string | null;
          dsCep?: string | null;
          dsCidade?: string | null;
          dsComplemento?: string | null;
          dsLogradouro?: string | null;
          dsNome?: string | null;
          dsObs?: string | null;
          dsUF?: string | null;
          dtRegistro?: string | null;
          nrCnpj?: string | null;
          nrIe?: string | null;
          nrInscMun?: string | null;
          nrNumero?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "TbCliente_cdClientePai_fkey";
            columns: ["cdClientePai"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
      TbClienteChave: {
        Row: {
          cdCliente: number;
          dsChave: string;
          dtExpiracao: string | null;
          dtRegistro: string;
          id: number;
          nrLimite: number;
        };
        ComputedFields: never;
        Insert: {
          cdCliente: number;
          dsChave: string;
          dtExpiracao?: string | null;
          dtRegistro?: string;
          id?: number;
          nrLimite?: number;
        };
        Update: {
          cdCliente?: number;
          dsChave?: string;
          dtExpiracao?: string | null;
          dtRegistro?: string;
          id?: number;
          nrLimite?: number;
        };
        Relationships: [
          {
            foreignKeyName: "TbClienteChave_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
      TbComandoAck: {
        Row: {
          blOk: boolean;
          cdCliente: number;
          cdComando: string;
          cdDispositivo: number;
          dsPayload: NonNullable<Json>;
          dtAlteracao: string;
          dtExecucao: string | null;
          dtRegistro: string;
        };
        ComputedFields: never;
        Insert: {
          blOk: boolean;
          cdCliente: number;
          cdComando: string;
          cdDispositivo: number;
          dsPayload: NonNullable<Json>;
          dtAlteracao?: string;
          dtExecucao?: string | null;
          dtRegistro?: string;
        };
        Update: {
          blOk?: boolean;
          cdCliente?: number;
          cdComando?: string;
          cdDispositivo?: number;
          dsPayload?: NonNullable<Json>;
          dtAlteracao?: string;
          dtExecucao?: string | null;
          dtRegistro?: string;
        };
        Relationships: [
          {
            foreignKeyName: "TbComandoAck_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
          {
            foreignKeyName: "TbComandoAck_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "TbDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbComandoAck_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwRelDadosDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbComandoAck_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwSaudeFrota";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbComandoAck_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbDestinatarioDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbComandoAck_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdDispositivo"];
          },
        ];
      };
      TbDestinatario: {
        Row: {
          cdCliente: number | null;
          cdDestinatario: number;
          cdEndereco: number | null;
          cdStatus: Database["public"]["Enums"]["status"] | null;
          dsCerca: Json | null;
          dsNome: string | null;
          dsObs: string | null;
          dtRegistro: string;
          geoCerca: unknown;
          nrCnpj: string | null;
          nrIe: string | null;
          nrInscMun: string | null;
          nrRaio: number | null;
        };
        ComputedFields: never;
        Insert: {
          cdCliente?: number | null;
          cdDestinatario?: number;
          cdEndereco?: number | null;
          cdStatus?: Database["public"]["Enums"]["status"] | null;
          dsCerca?: Json | null;
          dsNome?: string | null;
          dsObs?: string | null;
          dtRegistro?: string;
          geoCerca?: never;
          nrCnpj?: string | null;
          nrIe?: string | null;
          nrInscMun?: string | null;
          nrRaio?: number | null;
        };
        Update: {
          cdCliente?: number | null;
          cdDestinatario?: number;
          cdEndereco?: number | null;
          cdStatus?: Database["public"]["Enums"]["status"] | null;
          dsCerca?: Json | null;
          dsNome?: string | null;
          dsObs?: string | null;
          dtRegistro?: string;
          geoCerca?: never;
          nrCnpj?: string | null;
          nrIe?: string | null;
          nrInscMun?: string | null;
          nrRaio?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "TbDestinatario_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
          {
            foreignKeyName: "TbDestinatario_cdEndereco_fkey";
            columns: ["cdEndereco"];
            isOneToOne: false;
            referencedRelation: "TbEndereco";
            referencedColumns: ["cdEndereco"];
          },
        ];
      };
      TbDispositivo: {
        Row: {
          cdCliente: number | null;
          cdDestinatario: number | null;
          cdDispositivo: number;
          cdProduto: number | null;
          cdStatus: Database["public"]["Enums"]["status"] | null;
          cdUnidadeBat: string;
          dsDescricao: string | null;
          dsDispositivo: string | null;
          dsLayout: string | null;
          dsModelo: number | null;
          dsObs: string | null;
          dtRegistro: string;
          horarioMedicaoFim: string | null;
          horarioMedicaoInicio: string | null;
          nrChip: number | null;
        };
        ComputedFields: never;
        Insert: {
          cdCliente?: number | null;
          cdDestinatario?: number | null;
          cdDispositivo?: number;
          cdProduto?: number | null;
          cdStatus?: Database["public"]["Enums"]["status"] | null;
          cdUnidadeBat?: string;
          dsDescricao?: string | null;
          dsDispositivo?: string | null;
          dsLayout?: string | null;
          dsModelo?: number | null;
          dsObs?: string | null;
          dtRegistro?: string;
          horarioMedicaoFim?: string | null;
          horarioMedicaoInicio?: string | null;
          nrChip?: number | null;
        };
        Update: {
          cdCliente?: number | null;
          cdDestinatario?: number | null;
          cdDispositivo?: number;
          cdProduto?: number | null;
          cdStatus?: Database["public"]["Enums"]["status"] | null;
          cdUnidadeBat?: string;
          dsDescricao?: string | null;
          dsDispositivo?: string | null;
          dsLayout?: string | null;
          dsModelo?: number | null;
          dsObs?: string | null;
          dtRegistro?: string;
          horarioMedicaoFim?: string | null;
          horarioMedicaoInicio?: string | null;
          nrChip?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "TbDispositivo_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
          {
            foreignKeyName: "TbDispositivo_cdDestinatario_fkey";
            columns: ["cdDestinatario"];
            isOneToOne: false;
            referencedRelation: "TbDestinatario";
            referencedColumns: ["cdDestinatario"];
          },
          {
            foreignKeyName: "TbDispositivo_cdDestinatario_fkey";
            columns: ["cdDestinatario"];
            isOneToOne: false;
            referencedRelation: "VwTbDestinatarioDispositivo";
            referencedColumns: ["cdDestinatario"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "TbProduto";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwProdutoCompleto";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbPosicaoAtual";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTotal";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTotalStatus";
            referencedColumns: ["cdProduto"];
          },
        ];
      };
      TbDispositivoCredencial: {
        Row: {
          cdApiKey: string | null;
          cdCliente: number | null;
          cdCredencial: string;
          cdDispositivo: number;
          cdUsuario: string | null;
          dsHash: string;
          dsUsuario: string;
          dtExpiracao: string | null;
          dtRegistro: string;
        };
        ComputedFields: never;
        Insert: {
          cdApiKey?: string | null;
          cdCliente?: number | null;
          cdCredencial?: string;
          cdDispositivo: number;
          cdUsuario?: string | null;
          dsHash: string;
          dsUsuario: string;
          dtExpiracao?: string | null;
          dtRegistro?: string;
        };
        Update: {
          cdApiKey?: string | null;
          cdCliente?: number | null;
          cdCredencial?: string;
          cdDispositivo?: number;
          cdUsuario?: string | null;
          dsHash?: string;
          dsUsuario?: string;
          dtExpiracao?: string | null;
          dtRegistro?: string;
        };
        Relationships: [
          {
            foreignKeyName: "TbDispositivoCredencial_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "TbDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoCredencial_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwRelDadosDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoCredencial_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwSaudeFrota";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoCredencial_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbDestinatarioDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoCredencial_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdDispositivo"];
          },
        ];
      };
      TbDispositivoLiberado: {
        Row: {
          cdDispositivo: number;
          dsMotivo: string;
          dtFim: string;
          dtRegistro: string;
        };
        ComputedFields: never;
        Insert: {
          cdDispositivo: number;
          dsMotivo: string;
          dtFim: string;
          dtRegistro?: string;
        };
        Update: {
          cdDispositivo?: number;
          dsMotivo?: string;
          dtFim?: string;
          dtRegistro?: string;
        };
        Relationships: [
          {
            foreignKeyName: "TbDispositivoLiberado_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "TbDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoLiberado_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "VwRelDadosDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoLiberado_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "VwSaudeFrota";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoLiberado_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "VwTbDestinatarioDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoLiberado_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdDispositivo"];
          },
        ];
      };
      TbDispositivoMeta: {
        Row: {
          cdCliente: number;
          cdDispositivo: number;
          dtRegistro: string;
          jsMeta: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          cdCliente: number;
          cdDispositivo: number;
          dtRegistro: string;
          jsMeta: NonNullable<Json>;
        };
        Update: {
          cdCliente?: number;
          cdDispositivo?: number;
          dtRegistro?: string;
          jsMeta?: NonNullable<Json>;
        };
        Relationships: [
          {
            foreignKeyName: "TbDispositivoMeta_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "TbDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoMeta_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwRelDadosDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoMeta_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwSaudeFrota";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoMeta_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbDestinatarioDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoMeta_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdDispositivo"];
          },
        ];
      };
      TbDispositivoVinculo: {
        Row: {
          cdCliente: number | null;
          cdDestinatario: number | null;
          cdDispositivo: number;
          cdDispositivoVinculo: number;
          dtFim: string | null;
          dtInicio: string;
          horarioMedicaoFim: string | null;
          horarioMedicaoInicio: string | null;
          jsSensores: Json | null;
        };
        ComputedFields: never;
        Insert: {
          cdCliente?: number | null;
          cdDestinatario?: number | null;
          cdDispositivo: number;
          cdDispositivoVinculo?: never;
          dtFim?: string | null;
          dtInicio?: string;
          horarioMedicaoFim?: string | null;
          horarioMedicaoInicio?: string | null;
          jsSensores?: Json | null;
        };
        Update: {
          cdCliente?: number | null;
          cdDestinatario?: number | null;
          cdDispositivo?: number;
          cdDispositivoVinculo?: never;
          dtFim?: string | null;
          dtInicio?: string;
          horarioMedicaoFim?: string | null;
          horarioMedicaoInicio?: string | null;
          jsSensores?: Json | null;
        };
        Relationships: [
          {
            foreignKeyName: "TbDispositivoVinculo_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
          {
            foreignKeyName: "TbDispositivoVinculo_cdDestinatario_fkey";
            columns: ["cdDestinatario"];
            isOneToOne: false;
            referencedRelation: "TbDestinatario";
            referencedColumns: ["cdDestinatario"];
          },
          {
            foreignKeyName: "TbDispositivoVinculo_cdDestinatario_fkey";
            columns: ["cdDestinatario"];
            isOneToOne: false;
            referencedRelation: "VwTbDestinatarioDispositivo";
            referencedColumns: ["cdDestinatario"];
          },
          {
            foreignKeyName: "TbDispositivoVinculo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "TbDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoVinculo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwRelDadosDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoVinculo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwSaudeFrota";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoVinculo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbDestinatarioDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbDispositivoVinculo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdDispositivo"];
          },
        ];
      };
      TbEndereco: {
        Row: {
          cdCliente: number | null;
          cdEndereco: number;
          dsBairro: string | null;
          dsCep: string | null;
          dsCidade: string | null;
          dsComplemento: string | null;
          dsFonte: string | null;
          dsLat: number | null;
          dsLogradouro: string | null;
          dsLong: number | null;
          dsUF: string | null;
          dtRegistro: string;
          geoPonto: unknown;
          nrNumero: string | null;
        };
        ComputedFields: never;
        Insert: {
          cdCliente?: number | null;
          cdEndereco?: number;
          dsBairro?: string | null;
          dsCep?: string | null;
          dsCidade?: string | null;
          dsComplemento?: string | null;
          dsFonte?: string | null;
          dsLat?: number | null;
          dsLogradouro?: string | null;
          dsLong?: number | null;
          dsUF?: string | null;
          dtRegistro?: string;
          geoPonto?: never;
          nrNumero?: string | null;
        };
        Update: {
          cdCliente?: number | null;
          cdEndereco?: number;
          dsBairro?: string | null;
          dsCep?: string | null;
          dsCidade?: string | null;
          dsComplemento?: string | null;
          dsFonte?: string | null;
          dsLat?: number | null;
          dsLogradouro?: string | null;
          dsLong?: number | null;
          dsUF?: string | null;
          dtRegistro?: string;
          geoPonto?: never;
          nrNumero?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "TbEndereco_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
      TbEnderecoVinculo: {
        Row: {
          cdCliente: number;
          cdEndereco: number;
          dtInicio: string;
        };
        ComputedFields: never;
        Insert: {
          cdCliente: number;
          cdEndereco: number;
          dtInicio?: string;
        };
        Update: {
          cdCliente?: number;
          cdEndereco?: number;
          dtInicio?: string;
        };
        Relationships: [
          {
            foreignKeyName: "TbEnderecoVinculo_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
          {
            foreignKeyName: "TbEnderecoVinculo_cdEndereco_fkey";
            columns: ["cdEndereco"];
            isOneToOne: false;
            referencedRelation: "TbEndereco";
            referencedColumns: ["cdEndereco"];
          },
        ];
      };
      TbEstado: {
        Row: {
          cdEstadoIBGE: number;
          dsEstado: string | null;
          dsUf: string | null;
        };
        ComputedFields: never;
        Insert: {
          cdEstadoIBGE: number;
          dsEstado?: string | null;
          dsUf?: string | null;
        };
        Update: {
          cdEstadoIBGE?: number;
          dsEstado?: string | null;
          dsUf?: string | null;
        };
        Relationships: [];
      };
      TbEventoDispositivo: {
        Row: {
          cdCliente: number;
          cdDispositivo: number;
          cdEvento: number;
          dsPayload: NonNullable<Json>;
          dsTipo: string;
          dtRecebimento: string;
          dtRegistro: string;
        };
        ComputedFields: never;
        Insert: {
          cdCliente: number;
          cdDispositivo: number;
          cdEvento?: never;
          dsPayload: NonNullable<Json>;
          dsTipo: string;
          dtRecebimento?: string;
          dtRegistro: string;
        };
        Update: {
          cdCliente?: number;
          cdDispositivo?: number;
          cdEvento?: never;
          dsPayload?: NonNullable<Json>;
          dsTipo?: string;
          dtRecebimento?: string;
          dtRegistro?: string;
        };
        Relationships: [
          {
            foreignKeyName: "TbEventoDispositivo_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
          {
            foreignKeyName: "TbEventoDispositivo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "TbDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbEventoDispositivo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwRelDadosDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbEventoDispositivo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwSaudeFrota";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbEventoDispositivo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbDestinatarioDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbEventoDispositivo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdDispositivo"];
          },
        ];
      };
      TbGuardaLegal: {
        Row: {
          cdCliente: number;
          cdDispositivo: number | null;
          cdGuardaLegal: number;
          dsChamador: string | null;
          dsMotivo: string;
          dtRegistro: string;
        };
        ComputedFields: never;
        Insert: {
          cdCliente: number;
          cdDispositivo?: number | null;
          cdGuardaLegal?: never;
          dsChamador?: string | null;
          dsMotivo: string;
          dtRegistro?: string;
        };
        Update: {
          cdCliente?: number;
          cdDispositivo?: number | null;
          cdGuardaLegal?: never;
          dsChamador?: string | null;
          dsMotivo?: string;
          dtRegistro?: string;
        };
        Relationships: [
          {
            foreignKeyName: "TbGuardaLegal_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
          {
            foreignKeyName: "TbGuardaLegal_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "TbDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbGuardaLegal_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwRelDadosDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbGuardaLegal_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwSaudeFrota";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbGuardaLegal_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbDestinatarioDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbGuardaLegal_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdDispositivo"];
          },
        ];
      };
      TbImagens: {
        Row: {
          cdCodigo: string;
          cdImagens: number;
          cdProduto: number | null;
          dsCaminho: string;
          dtRegistro: string | null;
          nrImagem: number | null;
        };
        ComputedFields: never;
        Insert: {
          cdCodigo: string;
          cdImagens?: number;
          cdProduto?: number | null;
          dsCaminho: string;
          dtRegistro?: string | null;
          nrImagem?: number | null;
        };
        Update: {
          cdCodigo?: string;
          cdImagens?: number;
          cdProduto?: number | null;
          dsCaminho?: string;
          dtRegistro?: string | null;
          nrImagem?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "TbImagens_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "TbProduto";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbImagens_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwProdutoCompleto";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbImagens_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbPosicaoAtual";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbImagens_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbImagens_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTotal";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbImagens_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTotalStatus";
            referencedColumns: ["cdProduto"];
          },
        ];
      };
      TbIngestaoErro: {
        Row: {
          blDispositivo: boolean;
          blReprocessavel: boolean;
          cdCliente: number | null;
          cdDispositivo: number | null;
          cdErro: number;
          dsChamador: string;
          dsHash: string;
          dsMotivo: string;
          dsOrigem: string;
          dsPayload: string;
          dsPropriedades: Json | null;
          dsTexto: string;
          dsTopico: string | null;
          dtExpiracao: string;
          dtPrimeira: string;
          dtUltima: string;
          nrOcorrencias: number;
          nrTamanho: number;
        };
        ComputedFields: never;
        Insert: {
          blDispositivo?: boolean;
          blReprocessavel: boolean;
          cdCliente?: number | null;
          cdDispositivo?: number | null;
          cdErro?: never;
          dsChamador: string;
          dsHash: string;
          dsMotivo: string;
          dsOrigem?: never;
          dsPayload: string;
          dsPropriedades?: Json | null;
          dsTexto: string;
          dsTopico?: string | null;
          dtExpiracao: string;
          dtPrimeira?: string;
          dtUltima?: string;
          nrOcorrencias?: number;
          nrTamanho: number;
        };
        Update: {
          blDispositivo?: boolean;
          blReprocessavel?: boolean;
          cdCliente?: number | null;
          cdDispositivo?: number | null;
          cdErro?: never;
          dsChamador?: string;
          dsHash?: string;
          dsMotivo?: string;
          dsOrigem?: never;
          dsPayload?: string;
          dsPropriedades?: Json | null;
          dsTexto?: string;
          dsTopico?: string | null;
          dtExpiracao?: string;
          dtPrimeira?: string;
          dtUltima?: string;
          nrOcorrencias?: number;
          nrTamanho?: number;
        };
        Relationships: [
          {
            foreignKeyName: "TbIngestaoErro_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
      TbManutencaoExecucao: {
        Row: {
          cdExecucao: number;
          dsErro: string | null;
          dsPasso: string;
          dsQuem: string | null;
          dtFim: string | null;
          dtInicio: string;
          nrLinhas: number | null;
        };
        ComputedFields: never;
        Insert: {
          cdExecucao?: never;
          dsErro?: string | null;
          dsPasso: string;
          dsQuem?: string | null;
          dtFim?: string | null;
          dtInicio?: string;
          nrLinhas?: number | null;
        };
        Update: {
          cdExecucao?: never;
          dsErro?: string | null;
          dsPasso?: string;
          dsQuem?: string | null;
          dtFim?: string | null;
          dtInicio?: string;
          nrLinhas?: number | null;
        };
        Relationships: [];
      };
      TbMunicipio: {
        Row: {
          cdEstadoIBGE: number;
          cdMunicipioCompleto: string | null;
          cdMunicipioIBGE: string;
          dsMunicipio: string | null;
        };
        ComputedFields: never;
        Insert: {
          cdEstadoIBGE: number;
          cdMunicipioCompleto?: string | null;
          cdMunicipioIBGE: string;
          dsMunicipio?: string | null;
        };
        Update: {
          cdEstadoIBGE?: number;
          cdMunicipioCompleto?: string | null;
          cdMunicipioIBGE?: string;
          dsMunicipio?: string | null;
        };
        Relationships: [];
      };
      TbPoliticaRetencao: {
        Row: {
          cdCliente: number | null;
          cdPoliticaRetencao: number;
          nrDias1h: number | null;
          nrDias1m: number | null;
          nrDias5m: number | null;
          nrDiasBruto: number | null;
        };
        ComputedFields: never;
        Insert: {
          cdCliente?: number | null;
          cdPoliticaRetencao?: never;
          nrDias1h?: number | null;
          nrDias1m?: number | null;
          nrDias5m?: number | null;
          nrDiasBruto?: number | null;
        };
        Update: {
          cdCliente?: number | null;
          cdPoliticaRetencao?: never;
          nrDias1h?: number | null;
          nrDias1m?: number | null;
          nrDias5m?: number | null;
          nrDiasBruto?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "TbPoliticaRetencao_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: true;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
      TbPosicaoAtual: {
        Row: {
          blArea: boolean | null;
          cdCliente: number;
          cdDestinatario: number | null;
          cdDispositivo: number;
          cdEndereco: number | null;
          cdPosicao: number;
          dsLat: number | null;
          dsLong: number | null;
          dtAlteracao: string;
          dtBateria: string | null;
          dtCoordenada: string | null;
          dtRegistro: string;
          geoPonto: unknown;
          nrBat: number | null;
          nrDistancia: number | null;
          nrPrecisao: number | null;
          nrSeq: number | null;
          nrSeqBateria: number | null;
          nrSeqCoordenada: number | null;
          nrTransacao: unknown;
        };
        ComputedFields: never;
        Insert: {
          blArea?: boolean | null;
          cdCliente: number;
          cdDestinatario?: number | null;
          cdDispositivo: number;
          cdEndereco?: number | null;
          cdPosicao: number;
          dsLat?: number | null;
          dsLong?: number | null;
          dtAlteracao?: string;
          dtBateria?: string | null;
          dtCoordenada?: string | null;
          dtRegistro: string;
          geoPonto?: never;
          nrBat?: number | null;
          nrDistancia?: number | null;
          nrPrecisao?: number | null;
          nrSeq?: number | null;
          nrSeqBateria?: number | null;
          nrSeqCoordenada?: number | null;
          nrTransacao?: unknown;
        };
        Update: {
          blArea?: boolean | null;
          cdCliente?: number;
          cdDestinatario?: number | null;
          cdDispositivo?: number;
          cdEndereco?: number | null;
          cdPosicao?: number;
          dsLat?: number | null;
          dsLong?: number | null;
          dtAlteracao?: string;
          dtBateria?: string | null;
          dtCoordenada?: string | null;
          dtRegistro?: string;
          geoPonto?: never;
          nrBat?: number | null;
          nrDistancia?: number | null;
          nrPrecisao?: number | null;
          nrSeq?: number | null;
          nrSeqBateria?: number | null;
          nrSeqCoordenada?: number | null;
          nrTransacao?: unknown;
        };
        Relationships: [
          {
            foreignKeyName: "TbPosicaoAtual_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
          {
            foreignKeyName: "TbPosicaoAtual_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "TbDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbPosicaoAtual_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "VwRelDadosDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbPosicaoAtual_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "VwSaudeFrota";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbPosicaoAtual_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "VwTbDestinatarioDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbPosicaoAtual_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdDispositivo"];
          },
        ];
      };
      TbProduto: {
        Row: {
          cdCliente: number | null;
          cdProduto: number;
          cdStatus: Database["public"]["Enums"]["status"] | null;
          dsDescricao: string | null;
          dsNome: string | null;
          dtRegistro: string | null;
          nrAlt: number | null;
          nrCodigo: string | null;
          nrComp: number | null;
          nrLarg: number | null;
        };
        ComputedFields: never;
        Insert: {
          cdCliente?: number | null;
          cdProduto?: number;
          cdStatus?: Database["public"]["Enums"]["status"] | null;
          dsDescricao?: string | null;
          dsNome?: string | null;
          dtRegistro?: string | null;
          nrAlt?: number | null;
          nrCodigo?: string | null;
          nrComp?: number | null;
          nrLarg?: number | null;
        };
        Update: {
          cdCliente?: number | null;
          cdProduto?: number;
          cdStatus?: Database["public"]["Enums"]["status"] | null;
          dsDescricao?: string | null;
          dsNome?: string | null;
          dtRegistro?: string | null;
          nrAlt?: number | null;
          nrCodigo?: string | null;
          nrComp?: number | null;
          nrLarg?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "TbProduto_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
      TbProdutoItem: {
        Row: {
          cdCliente: number | null;
          cdProdutoItem: number;
          cdStatus: Database["public"]["Enums"]["status"] | null;
          dsDescricao: string | null;
          dsNome: string | null;
          dtRegistro: string | null;
          nrAlt: number | null;
          nrCodigo: string | null;
          nrComp: number | null;
          nrEmpilhamento: number | null;
          nrLarg: number | null;
          nrLastro: number | null;
          nrPesoUnit: number | null;
          nrQtdeTotalSensor: number | null;
          nrUnidade: string | null;
        };
        ComputedFields: never;
        Insert: {
          cdCliente?: number | null;
          cdProdutoItem?: number;
          cdStatus?: Database["public"]["Enums"]["status"] | null;
          dsDescricao?: string | null;
          dsNome?: string | null;
          dtRegistro?: string | null;
          nrAlt?: number | null;
          nrCodigo?: string | null;
          nrComp?: number | null;
          nrEmpilhamento?: number | null;
          nrLarg?: number | null;
          nrLastro?: number | null;
          nrPesoUnit?: number | null;
          nrQtdeTotalSensor?: number | null;
          nrUnidade?: string | null;
        };
        Update: {
          cdCliente?: number | null;
          cdProdutoItem?: number;
          cdStatus?: Database["public"]["Enums"]["status"] | null;
          dsDescricao?: string | null;
          dsNome?: string | null;
          dtRegistro?: string | null;
          nrAlt?: number | null;
          nrCodigo?: string | null;
          nrComp?: number | null;
          nrEmpilhamento?: number | null;
          nrLarg?: number | null;
          nrLastro?: number | null;
          nrPesoUnit?: number | null;
          nrQtdeTotalSensor?: number | null;
          nrUnidade?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "TbProdutoItem_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
      TbProdutoItemJoinTable: {
        Row: {
          cdProduto: number;
          cdProdutoItem: number;
        };
        ComputedFields: never;
        Insert: {
          cdProduto: number;
          cdProdutoItem: number;
        };
        Update: {
          cdProduto?: number;
          cdProdutoItem?: number;
        };
        Relationships: [
          {
            foreignKeyName: "TbProdutoItemJoinTable_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "TbProduto";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbProdutoItemJoinTable_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwProdutoCompleto";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbProdutoItemJoinTable_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbPosicaoAtual";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbProdutoItemJoinTable_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbProdutoItemJoinTable_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTotal";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbProdutoItemJoinTable_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTotalStatus";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbProdutoItemJoinTable_cdProdutoItem_fkey";
            columns: ["cdProdutoItem"];
            isOneToOne: false;
            referencedRelation: "TbProdutoItem";
            referencedColumns: ["cdProdutoItem"];
          },
        ];
      };
      TbQuarentena: {
        Row: {
          cdCliente: number | null;
          dtPerda: string | null;
          nrErros: number;
          nrPerdidos: number;
        };
        ComputedFields: never;
        Insert: {
          cdCliente?: number | null;
          dtPerda?: string | null;
          nrErros?: number;
          nrPerdidos?: number;
        };
        Update: {
          cdCliente?: number | null;
          dtPerda?: string | null;
          nrErros?: number;
          nrPerdidos?: number;
        };
        Relationships: [
          {
            foreignKeyName: "TbQuarentena_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: true;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
      TbReciboExclusao: {
        Row: {
          cdClientes: number[];
          cdDispositivo: number | null;
          cdExclusao: string;
          cdSensoresPartilhados: number[];
          cdUsuario: string | null;
          dsArquivos: string[];
          dsChamador: string;
          dsMotivo: string;
          dsPessoa: string | null;
          dsRequisicao: string | null;
          dtFim: string | null;
          dtPedido: string;
          jsLinhas: NonNullable<Json>;
          xiExclusao: unknown;
        };
        ComputedFields: never;
        Insert: {
          cdClientes: number[];
          cdDispositivo?: number | null;
          cdExclusao: string;
          cdSensoresPartilhados?: number[];
          cdUsuario?: string | null;
          dsArquivos?: string[];
          dsChamador: string;
          dsMotivo: string;
          dsPessoa?: string | null;
          dsRequisicao?: string | null;
          dtFim?: string | null;
          dtPedido?: string;
          jsLinhas?: NonNullable<Json>;
          xiExclusao?: unknown;
        };
        Update: {
          cdClientes?: number[];
          cdDispositivo?: number | null;
          cdExclusao?: string;
          cdSensoresPartilhados?: number[];
          cdUsuario?: string | null;
          dsArquivos?: string[];
          dsChamador?: string;
          dsMotivo?: string;
          dsPessoa?: string | null;
          dsRequisicao?: string | null;
          dtFim?: string | null;
          dtPedido?: string;
          jsLinhas?: NonNullable<Json>;
          xiExclusao?: unknown;
        };
        Relationships: [];
      };
      TbSensor: {
        Row: {
          cdDispositivo: number;
          cdProdutoItem: number | null;
          cdSensor: number;
          cdTipoSensor: number;
          cdUnidade: Database["public"]["Enums"]["unidade"] | null;
          dsPonto: string | null;
          dtRegistro: string | null;
          nrUnidadeFim: number | null;
          nrUnidadeIni: number | null;
        };
        ComputedFields: never;
        Insert: {
          cdDispositivo: number;
          cdProdutoItem?: number | null;
          cdSensor?: number;
          cdTipoSensor: number;
          cdUnidade?: Database["public"]["Enums"]["unidade"] | null;
          dsPonto?: string | null;
          dtRegistro?: string | null;
          nrUnidadeFim?: number | null;
          nrUnidadeIni?: number | null;
        };
        Update: {
          cdDispositivo?: number;
          cdProdutoItem?: number | null;
          cdSensor?: number;
          cdTipoSensor?: number;
          cdUnidade?: Database["public"]["Enums"]["unidade"] | null;
          dsPonto?: string | null;
          dtRegistro?: string | null;
          nrUnidadeFim?: number | null;
          nrUnidadeIni?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "TbSensor_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "TbDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbSensor_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwRelDadosDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbSensor_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwSaudeFrota";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbSensor_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbDestinatarioDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbSensor_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbSensor_cdProdutoItem_fkey";
            columns: ["cdProdutoItem"];
            isOneToOne: false;
            referencedRelation: "TbProdutoItem";
            referencedColumns: ["cdProdutoItem"];
          },
          {
            foreignKeyName: "TbSensor_cdTipoSensor_fkey";
            columns: ["cdTipoSensor"];
            isOneToOne: false;
            referencedRelation: "TbTipoSensor";
            referencedColumns: ["id"];
          },
        ];
      };
      TbSensorVinculo: {
        Row: {
          cdDispositivo: number;
          cdProdutoItem: number | null;
          cdSensor: number;
          cdSensorVinculo: number;
          dtInicio: string;
        };
        ComputedFields: never;
        Insert: {
          cdDispositivo: number;
          cdProdutoItem?: number | null;
          cdSensor: number;
          cdSensorVinculo?: never;
          dtInicio?: string;
        };
        Update: {
          cdDispositivo?: number;
          cdProdutoItem?: number | null;
          cdSensor?: number;
          cdSensorVinculo?: never;
          dtInicio?: string;
        };
        Relationships: [
          {
            foreignKeyName: "TbSensorVinculo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "TbDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbSensorVinculo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwRelDadosDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbSensorVinculo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwSaudeFrota";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbSensorVinculo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbDestinatarioDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbSensorVinculo_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbSensorVinculo_cdProdutoItem_fkey";
            columns: ["cdProdutoItem"];
            isOneToOne: false;
            referencedRelation: "TbProdutoItem";
            referencedColumns: ["cdProdutoItem"];
          },
          {
            foreignKeyName: "TbSensorVinculo_cdSensor_fkey";
            columns: ["cdSensor"];
            isOneToOne: false;
            referencedRelation: "TbSensor";
            referencedColumns: ["cdSensor"];
          },
        ];
      };
      TbTipoSensor: {
        Row: {
          cdCliente: number | null;
          cdStatus: Database["public"]["Enums"]["status"] | null;
          dsAgregacao: string;
          dsDescricao: string | null;
          dsNome: string;
          dsUnidade: string | null;
          dtRegistro: string;
          id: number;
        };
        ComputedFields: never;
        Insert: {
          cdCliente?: number | null;
          cdStatus?: Database["public"]["Enums"]["status"] | null;
          dsAgregacao?: string;
          dsDescricao?: string | null;
          dsNome: string;
          dsUnidade?: string | null;
          dtRegistro?: string;
          id?: number;
        };
        Update: {
          cdCliente?: number | null;
          cdStatus?: Database["public"]["Enums"]["status"] | null;
          dsAgregacao?: string;
          dsDescricao?: string | null;
          dsNome?: string;
          dsUnidade?: string | null;
          dtRegistro?: string;
          id?: number;
        };
        Relationships: [
          {
            foreignKeyName: "TbTipoSensor_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
      TbUsoApiKey: {
        Row: {
          cdApiKey: string;
          dtDia: string;
          dtMinuto: string;
          dtUltimoUso: string;
          nrDia: number;
          nrFatia: number;
          nrMinuto: number;
        };
        ComputedFields: never;
        Insert: {
          cdApiKey: string;
          dtDia: string;
          dtMinuto: string;
          dtUltimoUso: string;
          nrDia: number;
          nrFatia: number;
          nrMinuto: number;
        };
        Update: {
          cdApiKey?: string;
          dtDia?: string;
          dtMinuto?: string;
          dtUltimoUso?: string;
          nrDia?: number;
          nrFatia?: number;
          nrMinuto?: number;
        };
        Relationships: [
          {
            foreignKeyName: "TbUsoApiKey_cdApiKey_fkey";
            columns: ["cdApiKey"];
            isOneToOne: false;
            referencedRelation: "TbApiKeys";
            referencedColumns: ["cdApiKey"];
          },
        ];
      };
    };
    Views: {
      TbPosicao: {
        Row: {
          blArea: boolean | null;
          cdCliente: number | null;
          cdDestinatario: number | null;
          cdDispositivo: number | null;
          cdEndereco: number | null;
          cdPosicao: number | null;
          dsLat: number | null;
          dsLong: number | null;
          dtRegistro: string | null;
          nrBat: number | null;
          nrDistancia: number | null;
          nrPrecisao: number | null;
          nrSeq: number | null;
        };
        ComputedFields: never;
        Insert: {
          blArea?: boolean | null;
          cdCliente?: number | null;
          cdDestinatario?: number | null;
          cdDispositivo?: number | null;
          cdEndereco?: number | null;
          cdPosicao?: number | null;
          dsLat?: number | null;
          dsLong?: number | null;
          dtRegistro?: string | null;
          nrBat?: number | null;
          nrDistancia?: number | null;
          nrPrecisao?: number | null;
          nrSeq?: number | null;
        };
        Update: {
          blArea?: boolean | null;
          cdCliente?: number | null;
          cdDestinatario?: number | null;
          cdDispositivo?: number | null;
          cdEndereco?: number | null;
          cdPosicao?: number | null;
          dsLat?: number | null;
          dsLong?: number | null;
          dtRegistro?: string | null;
          nrBat?: number | null;
          nrDistancia?: number | null;
          nrPrecisao?: number | null;
          nrSeq?: number | null;
        };
        Relationships: [];
      };
      TbSensorRegistro: {
        Row: {
          blValor: boolean | null;
          cdCliente: number | null;
          cdDispositivo: number | null;
          cdPosicao: number | null;
          cdProdutoItem: number | null;
          cdSensor: number | null;
          dsValor: string | null;
          dtRegistro: string | null;
          nrQualidade: number | null;
          nrValor: number | null;
        };
        ComputedFields: never;
        Insert: {
          blValor?: boolean | null;
          cdCliente?: number | null;
          cdDispositivo?: number | null;
          cdPosicao?: number | null;
          cdProdutoItem?: number | null;
          cdSensor?: number | null;
          dsValor?: string | null;
          dtRegistro?: string | null;
          nrQualidade?: number | null;
          nrValor?: number | null;
        };
        Update: {
          blValor?: boolean | null;
          cdCliente?: number | null;
          cdDispositivo?: number | null;
          cdPosicao?: number | null;
          cdProdutoItem?: number | null;
          cdSensor?: number | null;
          dsValor?: string | null;
          dtRegistro?: string | null;
          nrQualidade?: number | null;
          nrValor?: number | null;
        };
        Relationships: [];
      };
      TbSensorRegistro1h: {
        Row: {
          cdCliente: number | null;
          cdProdutoItem: number | null;
          cdSensor: number | null;
          dtBucket: string | null;
          nrMax: number | null;
          nrMin: number | null;
          nrQtd: number | null;
          nrSoma: number | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      TbSensorRegistro1m: {
        Row: {
          cdCliente: number | null;
          cdProdutoItem: number | null;
          cdSensor: number | null;
          dtBucket: string | null;
          nrMax: number | null;
          nrMin: number | null;
          nrQtd: number | null;
          nrSoma: number | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      TbSensorRegistro5m: {
        Row: {
          cdCliente: number | null;
          cdProdutoItem: number | null;
          cdSensor: number | null;
          dtBucket: string | null;
          nrMax: number | null;
          nrMin: number | null;
          nrQtd: number | null;
          nrSoma: number | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      VwProdutoCompleto: {
        Row: {
          cdCliente: number | null;
          cdCodigoImagem: string | null;
          cdProduto: number;
          cdStatusProduto: Database["public"]["Enums"]["status"] | null;
          dsCaminhoImagem: string | null;
          dsNomeProduto: string | null;
          dsTiposSensores: string | null;
          dtRegistroProduto: string | null;
          nrDispositivosAtivos: number | null;
          nrDispositivosBloqueados: number | null;
          nrDispositivosEncerrados: number | null;
          nrDispositivosEstoque: number | null;
          nrDispositivosInativos: number | null;
          nrDispositivosSemStatus: number | null;
          nrDispositivosSuspensos: number | null;
          nrImagem: number | null;
          nrTotalDispositivos: number | null;
        };
        ComputedFields: never;
        Relationships: [
          {
            foreignKeyName: "TbProduto_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
      VwProdutosFora: {
        Row: {
          cdProduto: number | null;
          dispositivo_count: number | null;
        };
        ComputedFields: never;
        Relationships: [
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "TbProduto";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwProdutoCompleto";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbPosicaoAtual";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTotal";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTotalStatus";
            referencedColumns: ["cdProduto"];
          },
        ];
      };
      VwRelDadosDispositivo: {
        Row: {
          blArea: boolean | null;
          cdCliente: number | null;
          cdDispositivo: number;
          cdProduto: number | null;
          dsBairroAtual: string | null;
          dsBairroDest: string | null;
          dsCEPAtual: string | null;
          dsCepDest: string | null;
          dsCidadeAtual: string | null;
          dsCidadeDest: string | null;
          dsEnderecoAtual: string | null;
          dsEnderecoDest: string | null;
          dsLatAtual: number | null;
          dsLatDest: number | null;
          dsLongAtual: number | null;
          dsLongDest: number | null;
          dsNome: string | null;
          dsNomeDest: string | null;
          dsNumeroAtual: string | null;
          dsRaio: number | null;
          dsUFAtual: string | null;
          dsUfDest: string | null;
          dtCadastro: string;
          dtRegistro: string;
          nrBat: number | null;
          nrNumeroDest: string | null;
        };
        ComputedFields: never;
        Relationships: [
          {
            foreignKeyName: "TbDispositivo_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "TbProduto";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwProdutoCompleto";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbPosicaoAtual";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTotal";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTotalStatus";
            referencedColumns: ["cdProduto"];
          },
        ];
      };
      VwRelHistoricoDispositivoProduto: {
        Row: {
          cdCliente: number | null;
          cdDispositivo: number | null;
          cdPosicao: number | null;
          cdProduto: number | null;
          cdSensor: number | null;
          dsDescricao: string | null;
          dsEndereco: string | null;
          dsNome: string | null;
          dsProdutoItem: string | null;
          dsStatus: string | null;
          dsStatusDispositivo: Database["public"]["Enums"]["status"] | null;
          dsTipoSensor: string;
          dsUnidadeMedida: string | null;
          dtRegistro: string | null;
          nrAdulto: number | null;
          nrAlegre: number | null;
          nrAlt: number | null;
          nrBatPercentual: string | null;
          nrCategoriaTotal: number | null;
          nrCodigo: string | null;
          nrComp: number | null;
          nrCrianca: number | null;
          nrFeminino: number | null;
          nrJovem: number | null;
          nrLarg: number | null;
          nrLeituraSensor: number | null;
          nrMasculino: number | null;
          nrNeutro: number | null;
          nrPesoUnitario: number | null;
          nrPessoas: number | null;
          nrPorta: number | null;
          nrQtdItens: number | null;
          nrSenior: number | null;
          nrTemperatura: number | null;
          nrTriste: number | null;
          nrUnidadeFim: number | null;
          nrUnidadeIni: number | null;
        };
        ComputedFields: never;
        Relationships: [
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "TbProduto";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwProdutoCompleto";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbPosicaoAtual";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTotal";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTotalStatus";
            referencedColumns: ["cdProduto"];
          },
        ];
      };
      VwSaudeFrota: {
        Row: {
          cdCliente: number | null;
          cdDispositivo: number;
          cdProduto: number | null;
          cdStatus: Database["public"]["Enums"]["status"] | null;
          dsDispositivo: string | null;
          dtUltimoRegistro: string | null;
          jsCompletude: Json | null;
          nrBat: number | null;
          nrCadencia: number | null;
          nrDesvioRelogio: number | null;
          nrLacunas: number | null;
          nrMaiorLacuna: number | null;
          nrSegundosSemRegistro: number | null;
          nrTendenciaBateria: number | null;
        };
        ComputedFields: never;
        Relationships: [
          {
            foreignKeyName: "TbDispositivo_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "TbProduto";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwProdutoCompleto";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbPosicaoAtual";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTotal";
            referencedColumns: ["cdProduto"];
          },
          {
            foreignKeyName: "TbDispositivo_cdProduto_fkey";
            columns: ["cdProduto"];
            isOneToOne: false;
            referencedRelation: "VwTbProdutoTotalStatus";
            referencedColumns: ["cdProduto"];
          },
        ];
      };
      VwSensorRegistro: {
        Row: {
          blValor: boolean | null;
          cdCliente: number | null;
          cdDispositivo: number | null;
          cdPosicao: number | null;
          cdProdutoItem: number | null;
          cdSensor: number | null;
          dsValor: string | null;
          dtRegistro: string | null;
          nrQualidade: number | null;
          nrValor: number | null;
        };
        ComputedFields: never;
        Insert: {
          blValor?: never;
          cdCliente?: never;
          cdDispositivo?: never;
          cdPosicao?: never;
          cdProdutoItem?: never;
          cdSensor?: never;
          dsValor?: never;
          dtRegistro?: never;
          nrQualidade?: never;
          nrValor?: never;
        };
        Update: {
          blValor?: never;
          cdCliente?: never;
          cdDispositivo?: never;
          cdPosicao?: never;
          cdProdutoItem?: never;
          cdSensor?: never;
          dsValor?: never;
          dtRegistro?: never;
          nrQualidade?: never;
          nrValor?: never;
        };
        Relationships: [];
      };
      VwSensorRegistro1h: {
        Row: {
          cdCliente: number | null;
          cdProdutoItem: number | null;
          cdSensor: number | null;
          dtBucket: string | null;
          nrMax: number | null;
          nrMin: number | null;
          nrQtd: number | null;
          nrSoma: number | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      VwSensorRegistro1m: {
        Row: {
          cdCliente: number | null;
          cdProdutoItem: number | null;
          cdSensor: number | null;
          dtBucket: string | null;
          nrMax: number | null;
          nrMin: number | null;
          nrQtd: number | null;
          nrSoma: number | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      VwSensorRegistro5m: {
        Row: {
          cdCliente: number | null;
          cdProdutoItem: number | null;
          cdSensor: number | null;
          dtBucket: string | null;
          nrMax: number | null;
          nrMin: number | null;
          nrQtd: number | null;
          nrSoma: number | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      VwTbDestinatarioDispositivo: {
        Row: {
          cdCliente: number | null;
          cdDestinatario: number;
          cdDispositivo: number;
          dsLat: number | null;
          dsLong: number | null;
          nrRaio: number | null;
        };
        ComputedFields: never;
        Relationships: [
          {
            foreignKeyName: "TbDispositivo_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
      VwTbPosicaoAtual: {
        Row: {
          blArea: boolean | null;
          cdCliente: number | null;
          cdDispositivo: number;
          cdPosicao: number;
          cdProduto: number | null;
          cdStatus: Database["public"]["Enums"]["status"] | null;
          dsBairro: string | null;
          dsCep: string | null;
          dsCidade: string | null;
          dsDescricao: string | null;
          dsEndereco: string | null;
          dsLat: number | null;
          dsLong: number | null;
          dsNum: string | null;
          dsProduto: string | null;
          dsUF: string | null;
          dtAlteracao: string;
          dtBateria: string | null;
          dtCoordenada: string | null;
          dtRegistro: string;
          nrBat: number | null;
          nrCodigo: string | null;
          nrPrecisao: number | null;
        };
        ComputedFields: never;
        Relationships: [
          {
            foreignKeyName: "TbDispositivo_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
          {
            foreignKeyName: "TbPosicaoAtual_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "TbDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbPosicaoAtual_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "VwRelDadosDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbPosicaoAtual_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "VwSaudeFrota";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbPosicaoAtual_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "VwTbDestinatarioDispositivo";
            referencedColumns: ["cdDispositivo"];
          },
          {
            foreignKeyName: "TbPosicaoAtual_cdDispositivo_fkey";
            columns: ["cdDispositivo"];
            isOneToOne: true;
            referencedRelation: "VwTbProdutoTipo";
            referencedColumns: ["cdDispositivo"];
          },
        ];
      };
      VwTbProdutoTipo: {
        Row: {
          cdCliente: number | null;
          cdDispositivo: number;
          cdProduto: number;
          cdStatus: Database["public"]["Enums"]["status"] | null;
          DescDispositivo: string | null;
          dsDescricao: string | null;
          dsDispositivo: string | null;
          dsLayout: string | null;
          dsModelo: number | null;
          dsNome: string | null;
          dsObs: string | null;
          nrAlt: number | null;
          nrChip: number | null;
          nrCodigo: string | null;
          nrComp: number | null;
          nrLarg: number | null;
          StatusDispositivo: Database["public"]["Enums"]["status"] | null;
        };
        ComputedFields: never;
        Relationships: [
          {
            foreignKeyName: "TbDispositivo_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
      VwTbProdutoTotal: {
        Row: {
          cdCliente: number | null;
          cdProduto: number;
          dsDescricao: string | null;
          dsNome: string | null;
          nrAlt: number | null;
          nrCodigo: string | null;
          nrComp: number | null;
          nrLarg: number | null;
          nrQtde: number | null;
        };
        ComputedFields: never;
        Relationships: [
          {
            foreignKeyName: "TbDispositivo_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
      VwTbProdutoTotalStatus: {
        Row: {
          cdCliente: number | null;
          cdProduto: number;
          dsDescricao: string | null;
          dsNome: string | null;
          nrAlt: number | null;
          nrCodigo: string | null;
          nrComp: number | null;
          nrLarg: number | null;
          nrQtde: number | null;
          QtdeTotal: number | null;
          StatusDispositivo: Database["public"]["Enums"]["status"] | null;
        };
        ComputedFields: never;
        Relationships: [
          {
            foreignKeyName: "TbDispositivo_cdCliente_fkey";
            columns: ["cdCliente"];
            isOneToOne: false;
            referencedRelation: "TbCliente";
            referencedColumns: ["cdCliente"];
          },
        ];
      };
    };
    Functions: {
      aceitar_convite: { Args: { p_ds_chave: string }; Returns: Answers["aceitar_convite"] };
      antes_da_requisicao: { Args: Record<PropertyKey, never>; Returns: undefined };
      apagar_cadastro: {
        Args: { p_cadastro: string; p_codigo: number; p_versao?: string };
        Returns: Answers["apagar_cadastro"];
      };
      apagar_guarda_legal: {
        Args: { p_cd_cliente: number; p_cd_guarda_legal: number };
        Returns: Answers["apagar_guarda_legal"];
      };
      apagar_retencao: { Args: { p_cd_cliente: number }; Returns: Answers["apagar_retencao"] };
      conferir_chamador: { Args: { p_permissao?: string }; Returns: Answers["conferir_chamador"] };
      criar_api_key: {
        Args: {
          p_cd_clientes?: number[];
          p_ds_nome: string;
          p_ds_permissoes?: string[];
          p_dt_expiracao?: string;
          p_nr_cota_diaria?: number;
          p_nr_limite_minuto?: number;
        };
        Returns: Answers["criar_api_key"];
      };
      criar_bilhete: { Args: Record<PropertyKey, never>; Returns: Answers["criar_bilhete"] };
      criar_cadastro: {
        Args: { p_cadastro: string; p_dados: Json };
        Returns: Answers["criar_cadastro"];
      };
      criar_cadastros: {
        Args: { p_cadastro: string; p_linhas: Json; p_validar?: boolean };
        Returns: Answers["criar_cadastros"];
      };
      criar_convite: {
        Args: { p_cd_cliente?: number; p_nr_dias?: number; p_nr_limite?: number };
        Returns: Answers["criar_convite"];
      };
      criar_credencial: {
        Args: { p_cd_dispositivo: number; p_nr_horas?: number };
        Returns: Answers["criar_credencial"];
      };
      criar_guarda_legal: {
        Args: { p_cd_cliente: number; p_cd_dispositivo?: number; p_ds_motivo: string };
        Returns: Answers["criar_guarda_legal"];
      };
      descartar_erros: {
        Args: { p_cd_dispositivo?: number; p_cd_erros?: number[]; p_ds_motivo?: string };
        Returns: Answers["descartar_erros"];
      };
      excluir_pessoa: {
        Args: { p_cd_exclusao: string; p_cd_usuario: string; p_ds_motivo: string };
        Returns: Answers["excluir_pessoa"];
      };
      excluir_serie: {
        Args: { p_cd_dispositivo: number; p_cd_exclusao: string; p_ds_motivo: string };
        Returns: Answers["excluir_serie"];
      };
      get_abertura_porta_aggregation: {
        Args: {
          p_aggregation_type?: string;
          p_cd_cliente?: number;
          p_cd_dispositivos?: number[];
          p_cd_produto: number;
          p_dt_fim: string;
          p_dt_inicio: string;
          p_fuso?: string;
        };
        Returns: Answers["get_abertura_porta_aggregation"];
      };
      get_api_keys: {
        Args: { p_cd_api_key?: string; p_cursor?: string; p_page_size?: number };
        Returns: Answers["get_api_keys"];
      };
      get_cadastros: {
        Args: {
          p_cadastro: string;
          p_codigo?: number;
          p_cursor?: number;
          p_filtros?: Json;
          p_page_size?: number;
        };
        Returns: Answers["get_cadastros"];
      };
      get_camera_categorias_aggregation: {
        Args: {
          p_cd_cliente?: number;
          p_cd_dispositivos?: number[];
          p_cd_produto: number;
          p_dt_fim: string;
          p_dt_inicio: string;
          p_fuso?: string;
        };
        Returns: Answers["get_camera_categorias_aggregation"];
      };
      get_convites: {
        Args: { p_cursor?: number; p_page_size?: number };
        Returns: Answers["get_convites"];
      };
      get_credenciais: {
        Args: { p_cd_dispositivo: number; p_cursor?: string; p_page_size?: number };
        Returns: Answers["get_credenciais"];
      };
      get_dados_dispositivos: {
        Args: { p_cd_dispositivo?: number; p_dt_fim?: string; p_dt_inicio?: string };
        Returns: Answers["get_dados_dispositivos"];
      };
      get_data_points: {
        Args: {
          p_agg?: string;
          p_cd_dispositivo?: number;
          p_cd_sensor?: number;
          p_cursor?: string;
          p_ds_ponto?: string;
          p_dt_fim?: string;
          p_dt_inicio?: string;
          p_exigir?: boolean;
          p_limit?: number;
          p_max_points?: number;
        };
        Returns: Answers["get_data_points"];
      };
      get_device_aggregations: {
        Args: { p_dispositivos: number[]; p_dt_fim?: string; p_dt_inicio?: string };
        Returns: Answers["get_device_aggregations"];
      };
      get_erros_ingestao: {
        Args: {
          p_cd_dispositivo?: number;
          p_cd_erro?: number;
          p_cursor?: number;
          p_ds_motivo?: string;
          p_page_size?: number;
          p_so_topico?: boolean;
        };
        Returns: Answers["get_erros_ingestao"];
      };
      get_eu: { Args: Record<PropertyKey, never>; Returns: Answers["get_eu"] };
      get_exclusao: { Args: { p_cd_exclusao: string }; Returns: Answers["get_exclusao"] };
      get_exclusoes: {
        Args: {
          p_cd_cliente?: number;
          p_cd_dispositivo?: number;
          p_cd_usuario?: string;
          p_cursor?: string;
          p_page_size?: number;
        };
        Returns: Answers["get_exclusoes"];
      };
      get_exclusoes_desde: {
        Args: {
          p_cd_cliente?: number;
          p_cd_dispositivo?: number;
          p_cd_dispositivos?: number[];
          p_cd_sensor?: number;
          p_desde?: string;
        };
        Returns: Answers["get_exclusoes_desde"];
      };
      get_frota: {
        Args: {
          p_apos?: string;
          p_area?: Json;
          p_cd_cliente?: number;
          p_cd_dispositivos?: number[];
          p_cd_produto?: number;
          p_cursor?: string;
          p_desde?: string;
          p_geojson?: boolean;
          p_page_size?: number;
        };
        Returns: Answers["get_frota"];
      };
      get_grouped_sensor_data: {
        Args: {
          dispositivos: number[];
          dt_registro_comeco?: string;
          dt_registro_fim?: string;
          p_cd_cliente?: number;
        };
        Returns: Answers["get_grouped_sensor_data"];
      };
      get_guardas_legais: {
        Args: { p_cd_cliente: number; p_cursor?: number; p_page_size?: number };
        Returns: Answers["get_guardas_legais"];
      };
      get_historico_completo: {
        Args: {
          p_cd_cliente?: number;
          p_cd_dispositivo?: number;
          p_dt_fim?: string;
          p_dt_inicio?: string;
        };
        Returns: Answers["get_historico_completo"];
      };
      get_historico_leituras: {
        Args: {
          p_cd_cliente?: number;
          p_cd_dispositivo?: number;
          p_dt_fim?: string;
          p_dt_inicio?: string;
        };
        Returns: Answers["get_historico_leituras"];
      };
      get_historico_paginado: {
        Args: {
          p_cd_cliente?: number;
          p_cd_dispositivo?: number;
          p_cd_dispositivos?: number[];
          p_coordenadas?: boolean;
          p_cursor?: string;
          p_dt_registro_comeco?: string;
          p_dt_registro_fim?: string;
          p_exigir?: boolean;
          p_page?: number;
          p_page_size?: number;
        };
        Returns: Answers["get_historico_paginado"];
      };
      get_lista_dispositivos_resumo: {
        Args: {
          bl_area?: boolean;
          cd_cliente?: number;
          cd_produto?: number;
          cd_status?: string;
          ds_uf?: string;
          dt_registro_fim?: string;
          dt_registro_inicio?: string;
          nr_bateria_max?: number;
          nr_bateria_min?: number;
          p_cursor?: number;
          p_exigir?: boolean;
          p_page_size?: number;
        };
        Returns: Answers["get_lista_dispositivos_resumo"];
      };
      get_movimento_pessoas_aggregation: {
        Args: {
          p_aggregation_type?: string;
          p_cd_cliente?: number;
          p_cd_dispositivos?: number[];
          p_cd_produto: number;
          p_dt_fim: string;
          p_dt_inicio: string;
          p_fuso?: string;
        };
        Returns: Answers["get_movimento_pessoas_aggregation"];
      };
      get_pessoas: {
        Args: { p_cursor?: string; p_page_size?: number };
        Returns: Answers["get_pessoas"];
      };
      get_posicoes: {
        Args: {
          p_cd_dispositivo?: number;
          p_ds_lat?: number;
          p_ds_long?: number;
          p_dt_fim?: string;
          p_dt_inicio?: string;
          p_nr_bat?: number;
        };
        Returns: Answers["get_posicoes"];
      };
      get_posicoes_atuais: {
        Args: {
          p_area?: Json;
          p_cd_dispositivos?: number[];
          p_cd_produto?: number;
          p_desde?: string;
        };
        Returns: Answers["get_posicoes_atuais"];
      };
      get_posicoes_geojson: {
        Args: {
          p_area?: Json;
          p_cd_dispositivos?: number[];
          p_cd_produto?: number;
          p_desde?: string;
        };
        Returns: Answers["get_posicoes_geojson"];
      };
      get_produtos_completos: {
        Args: {
          p_cd_cliente: number;
          p_cd_status?: string;
          p_cursor?: number;
          p_ds_nome?: string;
          p_exigir?: boolean;
          p_page_size?: number;
        };
        Returns: Answers["get_produtos_completos"];
      };
      get_produtos_por_status: {
        Args: { p_cd_cliente?: number; p_cd_produto?: number };
        Returns: Answers["get_produtos_por_status"];
      };
      get_retencao: { Args: { p_cd_cliente: number }; Returns: Answers["get_retencao"] };
      get_saude_series: { Args: Record<PropertyKey, never>; Returns: Answers["get_saude_series"] };
      get_series: {
        Args: {
          p_agg?: string;
          p_cd_dispositivo?: number;
          p_cd_sensores?: number[];
          p_cursor?: string;
          p_dt_fim: string;
          p_dt_inicio: string;
          p_limit?: number;
          p_max_points?: number;
        };
        Returns: Answers["get_series"];
      };
      get_somas_diarias: {
        Args: {
          p_cd_cliente?: number;
          p_cd_dispositivos?: number[];
          p_cd_produto?: number;
          p_cd_tipos_sensor?: number[];
          p_cursor?: string;
          p_dt_fim: string;
          p_dt_inicio: string;
          p_fuso?: string;
          p_page_size?: number;
        };
        Returns: Answers["get_somas_diarias"];
      };
      get_temperatura_aggregation: {
        Args: {
          p_aggregation_type?: string;
          p_cd_cliente?: number;
          p_cd_dispositivos?: number[];
          p_cd_produto: number;
          p_dt_fim: string;
          p_dt_inicio: string;
          p_fuso?: string;
        };
        Returns: Answers["get_temperatura_aggregation"];
      };
      get_trajeto: {
        Args: {
          p_cd_dispositivo: number;
          p_cursor?: string;
          p_dt_fim: string;
          p_dt_inicio: string;
          p_exigir?: boolean;
          p_page_size?: number;
        };
        Returns: Answers["get_trajeto"];
      };
      get_ultimos_valores: {
        Args: {
          p_cd_cliente?: number;
          p_cd_dispositivos?: number[];
          p_cd_produto?: number;
          p_cd_tipos_sensor?: number[];
          p_cursor?: string;
          p_page_size?: number;
        };
        Returns: Answers["get_ultimos_valores"];
      };
      importar_historico: {
        Args: { p_leituras: Json; p_so_excecoes?: boolean; p_validar?: boolean };
        Returns: Answers["importar_historico"];
      };
      insert_device_messages: {
        Args: { p_mensagens?: Json; p_readings: Json };
        Returns: Answers["insert_device_messages"];
      };
      insert_device_reading: {
        Args: {
          p_cd_dispositivo: number;
          p_dt_registro?: string;
          p_latitude?: number;
          p_longitude?: number;
          p_meta?: Json;
          p_nr_bat?: number;
          p_nr_precisao?: number;
          p_nr_seq?: number;
          p_sensor_readings?: Json;
        };
        Returns: Answers["insert_device_reading"];
      };
      insert_device_readings: {
        Args: { p_readings: Json; p_so_excecoes?: boolean; p_validar?: boolean };
        Returns: Answers["insert_device_readings"];
      };
      limitar_api_key: {
        Args: { p_cd_api_key: string; p_nr_cota_diaria?: number; p_nr_limite_minuto?: number };
        Returns: Answers["limitar_api_key"];
      };
      mudar_cadastro: {
        Args: { p_cadastro: string; p_codigo: number; p_dados: Json; p_versao?: string };
        Returns: Answers["mudar_cadastro"];
      };
      mudar_pessoa: { Args: { p_id: string; p_papel: string }; Returns: Answers["mudar_pessoa"] };
      mudar_retencao: {
        Args: {
          p_cd_cliente: number;
          p_nr_dias_1h: number;
          p_nr_dias_1m: number;
          p_nr_dias_5m: number;
          p_nr_dias_bruto: number;
        };
        Returns: Answers["mudar_retencao"];
      };
      prever_retencao: {
        Args: {
          p_cd_cliente: number;
          p_nr_dias_1h?: number;
          p_nr_dias_1m?: number;
          p_nr_dias_5m?: number;
          p_nr_dias_bruto?: number;
        };
        Returns: Answers["prever_retencao"];
      };
      quarentenar_payload: {
        Args: {
          p_cd_cliente?: number;
          p_cd_dispositivo?: number;
          p_ds_erro: string;
          p_ds_topico?: string;
          p_hash: string;
          p_motivo: string;
          p_nr_tamanho: number;
          p_payload: string;
          p_propriedades?: Json;
        };
        Returns: Answers["quarentenar_payload"];
      };
      registrar_posicao: { Args: { p_leitura: Json }; Returns: Answers["registrar_posicao"] };
      remover_pessoa: { Args: { p_id: string }; Returns: Answers["remover_pessoa"] };
      reprocessar_erros: {
        Args: { p_cd_erros?: number[]; p_ds_motivo?: string; p_nr_limite?: number };
        Returns: Answers["reprocessar_erros"];
      };
      reprocessar_payload: {
        Args: { p_cd_erro: number; p_messages?: Json; p_readings: Json };
        Returns: Answers["reprocessar_payload"];
      };
      revogar_api_key: { Args: { p_cd_api_key: string }; Returns: Answers["revogar_api_key"] };
      revogar_convite: { Args: { p_id: number }; Returns: Answers["revogar_convite"] };
      revogar_credencial: {
        Args: { p_cd_credencial: string; p_cd_dispositivo: number };
        Returns: Answers["revogar_credencial"];
      };
      rotacionar_api_key: {
        Args: { p_cd_api_key: string; p_nr_horas?: number };
        Returns: Answers["rotacionar_api_key"];
      };
      vincular_item: {
        Args: { p_bl_vinculo?: boolean; p_cd_produto: number; p_cd_produto_item: number };
        Returns: Answers["vincular_item"];
      };
    };
    Enums: {
      role: "default" | "admin" | "service";
      status: "ativo" | "inativo" | "suspenso" | "bloqueado" | "encerrado" | "estoque";
      unidade:
        | "volts"
        | "kilos"
        | "gramas"
        | "centimetros"
        | "metros"
        | "kilometros"
        | "aberturas"
        | "unidades"
        | "temperatura"
        | "pessoas";
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R;
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R;
      }
      ? R
      : never
    : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I;
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I;
      }
      ? I
      : never
    : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U;
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U;
      }
      ? U
      : never
    : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never;

export const Constants = {
  public: {
    Enums: {
      role: ["default", "admin", "service"],
      status: ["ativo", "inativo", "suspenso", "bloqueado", "encerrado", "estoque"],
      unidade: [
        "volts",
        "kilos",
        "gramas",
        "centimetros",
        "metros",
        "kilometros",
        "aberturas",
        "unidades",
        "temperatura",
        "pessoas",
      ],
    },
  },
} as const;

/** What each function answers; instants are UTC, without offset. */
export type Answers = {
  aceitar_convite: Person;
  apagar_cadastro: Database["public"]["Tables"][
    | "TbCliente"
    | "TbDestinatario"
    | "TbDispositivo"
    | "TbEndereco"
    | "TbImagens"
    | "TbProduto"
    | "TbProdutoItem"
    | "TbSensor"
    | "TbTipoSensor"]["Row"];
  apagar_guarda_legal: LegalHold;
  apagar_retencao: RetentionPolicy;
  conferir_chamador: boolean;
  criar_api_key: NewApiKey;
  criar_bilhete: Ticket;
  criar_cadastro: WrittenEntity;
  criar_cadastros: Made;
  criar_convite: Invitation;
  criar_credencial: NewLogin;
  criar_guarda_legal: LegalHold;
  descartar_erros: Discarded;
  excluir_pessoa: DeletionReceipt;
  excluir_serie: DeletionReceipt;
  get_abertura_porta_aggregation: Chart;
  get_api_keys: KeyPage;
  get_cadastros: EntityPage;
  get_camera_categorias_aggregation: CategoryChart;
  get_convites: InvitationPage;
  get_credenciais: LoginPage;
  get_dados_dispositivos: Database["public"]["Views"]["VwRelDadosDispositivo"]["Row"][];
  get_data_points: DataPoints;
  get_device_aggregations: DeviceTotals[];
  get_erros_ingestao: QuarantinePage;
  get_eu: Me;
  get_exclusao: DeletionReceipt;
  get_exclusoes: DeletionReceiptPage;
  get_exclusoes_desde: DeletedSince;
  get_frota: CurrentPositions | CurrentFeatures;
  get_grouped_sensor_data: TypeTotals[];
  get_guardas_legais: LegalHoldPage;
  get_historico_completo: HistoryEntry[];
  get_historico_leituras: Database["public"]["Views"]["VwRelHistoricoDispositivoProduto"]["Row"][];
  get_historico_paginado: NumberedHistoryPage;
  get_lista_dispositivos_resumo: ProductDevices;
  get_movimento_pessoas_aggregation: Chart;
  get_pessoas: PersonPage;
  get_posicoes: Database["public"]["Views"]["TbPosicao"]["Row"][];
  get_posicoes_atuais: Database["public"]["Views"]["VwTbPosicaoAtual"]["Row"][];
  get_posicoes_geojson: Features;
  get_produtos_completos: ProductPage;
  get_produtos_por_status: ProductByStatus[];
  get_retencao: RetentionPolicy;
  get_saude_series: SeriesHealth;
  get_series: SeveralDataPoints;
  get_somas_diarias: DailySums;
  get_temperatura_aggregation: Chart;
  get_trajeto: Track;
  get_ultimos_valores: LatestValues;
  importar_historico: BatchVerdicts;
  insert_device_messages: MessageVerdicts;
  insert_device_reading: Verdict;
  insert_device_readings: BatchVerdicts;
  limitar_api_key: ApiKey;
  mudar_cadastro: WrittenEntity;
  mudar_pessoa: Person;
  mudar_retencao: RetentionPolicy;
  prever_retencao: RetentionPreview;
  quarentenar_payload: KeptPayload;
  registrar_posicao: RegisteredPosition;
  remover_pessoa: Person;
  reprocessar_erros: Replayed;
  reprocessar_payload: ReplayVerdicts;
  revogar_api_key: ApiKey;
  revogar_convite: Invitation;
  revogar_credencial: Login;
  rotacionar_api_key: NewApiKey;
  vincular_item: ItemLink;
};

export type AnswerLoss = {
  dsResolucao: "raw" | "1m" | "5m" | "1h";
  dtAte: string;
  nrSensores: number;
};
export type ApiKey = {
  cdApiKey: string;
  cdUsuario: string;
  dsPrefixo: string | null;
  dsNome: string | null;
  cdClientes: number[] | null;
  blAtiva: boolean;
  dtRegistro: string;
  dtExpiracao: string | null;
  dsPermissoes: ("read" | "ingest" | "admin")[];
  nrLimiteMinuto: number | null;
  nrCotaDiaria: number | null;
  cdCliente: number | null;
  cdApiKeyMae: string | null;
  cdPortador: string | null;
  dtUltimoUso: string | null;
  nrUsoHoje: number | null;
};
export type BatchVerdicts = {
  total: number;
  stored: number;
  duplicate: number;
  conflict: number;
  rejected: number;
  untimed: number;
  results: Verdict[];
};
export type Bucket = {
  ts: string;
  avg: number | null;
  min: number;
  max: number;
  sum: number | null;
  count: number;
  value: number | null;
};
export type Categories = {
  masculino: number | null;
  feminino: number | null;
  crianca: number | null;
  jovem: number | null;
  adulto: number | null;
  senior: number | null;
  alegre: number | null;
  concentrado: number | null;
  neutro: number | null;
};
export type CategoryChart = {
  labels: string[];
  overall: HourlyCategories;
  datasets: CategoryDataset[];
  total: Categories;
  record_count: number;
  last_read: string | null;
  complete: boolean;
  has_category_sensors: boolean;
};
export type CategoryDataset = { cdDispositivo: number; data: Categories };
export type Chart = {
  labels: string[];
  datasets: Dataset[];
  overall: (number | null)[];
  total: number | null;
  record_count: number;
  last_read: string | null;
  complete: boolean;
};
export type CompleteProduct = {
  cdProduto: number;
  dsNomeProduto: string | null;
  cdStatusProduto: "ativo" | "inativo" | "suspenso" | "bloqueado" | "encerrado" | "estoque" | null;
  dtRegistroProduto: string | null;
  cdCliente: number | null;
  dsCaminhoImagem: string | null;
  cdCodigoImagem: string | null;
  nrImagem: number | null;
  dsTiposSensores: string | null;
  nrDispositivosAtivos: number;
  nrDispositivosInativos: number;
  nrDispositivosSuspensos: number;
  nrDispositivosBloqueados: number;
  nrDispositivosEncerrados: number;
  nrDispositivosEstoque: number;
  nrDispositivosSemStatus: number;
  nrTotalDispositivos: number;
};
export type CurrentFeatures = {
  type: "FeatureCollection";
  features: { [key: string]: Json | undefined }[];
  nextCursor: string | null;
  nextDesde: string | null;
};
export type CurrentPosition = {
  cdPosicao: number | null;
  dtRegistro: string;
  cdDispositivo: number;
  dsLat: number | null;
  dsLong: number | null;
  dsEndereco: string | null;
  dsNum: string | null;
  dsCep: string | null;
  dsBairro: string | null;
  dsCidade: string | null;
  dsUF: string | null;
  nrBat: number | null;
  nrCodigo: string | null;
  cdProduto: number | null;
  dsProduto: string | null;
  dsDescricao: string | null;
  cdStatus: "ativo" | "inativo" | "suspenso" | "bloqueado" | "encerrado" | "estoque" | null;
  blArea: boolean | null;
  cdCliente: number | null;
  dtCoordenada: string | null;
  dtBateria: string | null;
  dtAlteracao: string;
  nrPrecisao: number | null;
};
export type CurrentPositions = {
  data: CurrentPosition[];
  nextCursor: string | null;
  nextDesde: string | null;
};
export type DailySums = {
  dias: string[];
  data: DeviceDays[];
  complete: boolean;
  nextCursor: string | null;
};
export type DataPoints = {
  cdSensor: number;
  cdDispositivo: number | null;
  dsPonto: string | null;
  cdTipoSensor: number | null;
  dsUnidade: string | null;
  dsAgregacao: "sum" | "mean" | "last" | null;
  agg: "raw" | "1m" | "5m" | "1h";
  degraded: boolean;
  thinned: boolean;
  expired: boolean;
  data: Bucket[] | RawPoint[];
  complete: boolean;
  nextCursor: string | null;
};
export type Dataset = { cdDispositivo: number; data: (number | null)[] };
export type DeletedRows = {
  dsTabela: string;
  dsOperacao: "delete" | "update";
  nrLinhas: number;
  dtPrimeira: string | null;
  dtUltima: string | null;
  dsSoma: string | null;
};
export type DeletedSince = { marca: string; blExcluida: boolean };
export type DeletionReceipt = {
  cdExclusao: string;
  cdDispositivo: number | null;
  dsPessoa: string | null;
  cdClientes: number[];
  dsMotivo: string;
  dsChamador: string;
  dsRequisicao: string | null;
  dtPedido: string;
  dtFim: string | null;
  cdSensoresPartilhados: number[];
  dsArquivos: string[];
  dsSoma: string;
  tabelas: DeletedRows[];
};
export type DeletionReceiptPage = { data: DeletionReceipt[]; nextCursor: string | null };
export type DeviceDays = {
  cdDispositivo: number;
  cdTipoSensor: number;
  nrQtd: number[];
  nrSoma: (number | null)[];
};
export type DeviceSummary = {
  cdDispositivo: number;
  dsDispositivo: string | null;
  cdStatus: "ativo" | "inativo" | "suspenso" | "bloqueado" | "encerrado" | "estoque" | null;
  dsLogradouro: string | null;
  nrNumero: string | null;
  dsComplemento: string | null;
  dsCidade: string | null;
  dsUF: string | null;
  blArea: boolean | null;
  nrBat: number | null;
  dsNomeProduto: string | null;
  nrPorta: number | null;
  nrTemp: number | null;
  nrPessoas: number | null;
  nrItens: number | null;
  nrMasculino: number | null;
  nrFeminino: number | null;
  nrCrianca: number | null;
  nrJovem: number | null;
  nrAdulto: number | null;
  nrSenior: number | null;
  nrAlegre: number | null;
  nrConcentrado: number | null;
  nrNeutro: number | null;
  tiposSensores: number[];
};
export type DeviceTotals = {
  cdDispositivo: number;
  nrPorta: number | null;
  nrTemp: number | null;
  nrPessoas: number | null;
  nrItens: number | null;
  nrMasculino: number | null;
  nrFeminino: number | null;
  nrCrianca: number | null;
  nrJovem: number | null;
  nrAdulto: number | null;
  nrSenior: number | null;
  nrAlegre: number | null;
  nrConcentrado: number | null;
  nrNeutro: number | null;
  tiposSensores: number[];
};
export type Discarded = { discarded: number };
export type EntityPage = {
  data: Database["public"]["Tables"][
    | "TbCliente"
    | "TbDestinatario"
    | "TbDispositivo"
    | "TbEndereco"
    | "TbImagens"
    | "TbProduto"
    | "TbProdutoItem"
    | "TbSensor"
    | "TbTipoSensor"]["Row"][];
  nextCursor: number | null;
  versao: string | null;
};
export type Fault = { linha: number; coluna: string; texto: string };
export type Features = {
  type: "FeatureCollection";
  features: { [key: string]: Json | undefined }[];
};
export type HistoryEntry = {
  cdProduto: number | null;
  nrCodigo: string | null;
  dsDescricao: string | null;
  dtRegistro: string;
  cdDispositivo: number;
  dsNome: string | null;
  dsEndereco: string | null;
  nrBatPercentual: string | null;
  dsStatus: "Dentro da \u00c1rea" | "Fora de \u00c1rea";
  dsStatusDispositivo: string | null;
  cdPosicao: number;
  latitude?: number | null;
  longitude?: number | null;
  nrBat?: number | null;
  nrBatPorcento?: number | null;
  blArea?: boolean | null;
  nrPrecisao?: number | null;
  nrPorta: number | null;
  nrTemperatura: number | null;
  nrPessoas: number | null;
  nrMasculino: number | null;
  nrFeminino: number | null;
  nrCrianca: number | null;
  nrJovem: number | null;
  nrAdulto: number | null;
  nrSenior: number | null;
  nrAlegre: number | null;
  nrTriste: number | null;
  nrNeutro: number | null;
  nrCategoriaTotal: number | null;
  itens: ItemCount[];
};
export type HourlyCategories = {
  masculino: (number | null)[];
  feminino: (number | null)[];
  crianca: (number | null)[];
  jovem: (number | null)[];
  adulto: (number | null)[];
  senior: (number | null)[];
  alegre: (number | null)[];
  concentrado: (number | null)[];
  neutro: (number | null)[];
};
export type Invitation = {
  id: number;
  dsChave: string;
  cdCliente: number;
  nrLimite: number;
  dtRegistro: string;
  dtExpiracao: string | null;
};
export type InvitationPage = { data: UsedInvitation[]; nextCursor: number | null };
export type ItemCount = { cdSensor: number; dsProdutoItem: string | null; nrQtdItens: number };
export type ItemLink = { cdProduto: number; cdProdutoItem: number };
export type KeptPayload = { cdErro: number; nrOcorrencias: number };
export type KeyPage = { data: ApiKey[]; nextCursor: string | null };
export type LatestValue = {
  cdDispositivo: number;
  cdSensor: number;
  cdTipoSensor: number;
  dsPonto: string | null;
  dsUnidade: string | null;
  dtRegistro: string | null;
  nrValor: number | null;
  blValor: boolean | null;
  dsValor: string | null;
  nrQualidade: 0 | 1 | 2 | null;
};
export type LatestValues = { data: LatestValue[]; nextCursor: string | null };
export type LegacyCall = { call: string; calls: number; lastAt: string };
export type LegacyUse = { until: string | null; calls: LegacyCall[] };
export type LegalHold = {
  cdGuardaLegal: number;
  cdCliente: number;
  cdDispositivo: number | null;
  dsMotivo: string;
  dsChamador: string | null;
  dtRegistro: string;
};
export type LegalHoldPage = { data: LegalHold[]; nextCursor: number | null };
export type Login = {
  cdCredencial: string;
  cdDispositivo: number;
  cdCliente: number | null;
  dsUsuario: string;
  dtRegistro: string;
  dtExpiracao: string | null;
  cdUsuario: string | null;
  cdApiKey: string | null;
};
export type LoginPage = { data: Login[]; nextCursor: string | null };
export type Made = {
  total: number;
  criados: number;
  erros: Fault[];
  data: { [key: string]: Json | undefined }[];
};
export type MaintenanceRun = { startedAt: string; endedAt: string };
export type MaintenanceStep = {
  step: string;
  lastStart: string | null;
  seconds: number | null;
  rows: number | null;
  error: string | null;
  failures24h: number;
};
export type Me = {
  dsTipo: "user" | "key" | "service";
  id: string | null;
  nome: string | null;
  sobrenome: string | null;
  cargo: string | null;
  role: "default" | "admin" | "service" | null;
  cdCliente: number | null;
  permissoes: ("read" | "ingest" | "admin")[];
  blTodosClientes: boolean;
  clientes: OwnClient[];
  apiKey: OwnKey | null;
};
export type MessageVerdict = {
  index: number;
  verdict: "conflict" | "rejected";
  error_code: string;
  error: string;
};
export type MessageVerdicts = {
  total: number;
  stored: number;
  duplicate: number;
  conflict: number;
  rejected: number;
  untimed: number;
  results: Verdict[];
  messages: MessageVerdict[];
  committedAt: number;
};
export type NewApiKey = {
  cdApiKey: string;
  cdUsuario: string;
  dsPrefixo: string | null;
  dsNome: string | null;
  cdClientes: number[] | null;
  blAtiva: boolean;
  dtRegistro: string;
  dtExpiracao: string | null;
  dsPermissoes: ("read" | "ingest" | "admin")[];
  nrLimiteMinuto: number | null;
  nrCotaDiaria: number | null;
  cdCliente: number | null;
  cdApiKeyMae: string | null;
  cdPortador: string | null;
  dtUltimoUso: string | null;
  nrUsoHoje: number | null;
  dsKey: string;
};
export type NewLogin = {
  cdCredencial: string;
  cdDispositivo: number;
  cdCliente: number | null;
  dsUsuario: string;
  dtRegistro: string;
  dtExpiracao: string | null;
  cdUsuario: string | null;
  cdApiKey: string | null;
  dsSegredo: string;
};
export type NumberedHistoryPage = {
  data: HistoryEntry[];
  total: number;
  page: number;
  pageSize: number;
  complete: boolean;
  nextCursor: string | null;
};
export type OwnClient = { cdCliente: number; dsNome: string | null };
export type OwnKey = {
  cdApiKey: string;
  dsNome: string | null;
  dtExpiracao: string | null;
  nrLimiteMinuto: number | null;
  nrCotaDiaria: number | null;
};
export type Person = {
  id: string;
  nome: string | null;
  sobrenome: string | null;
  cargo: string | null;
  cdCliente: number | null;
  dtRegistro: string;
  role: "default" | "admin" | "service";
};
export type PersonPage = { data: Person[]; nextCursor: string | null };
export type PictureName = { cdCodigo: string | null; dsCaminho: string | null };
export type ProductByStatus = {
  cdProduto: number;
  dsDescricao: string | null;
  dsNome: string | null;
  nrAlt: number | null;
  nrCodigo: string | null;
  nrComp: number | null;
  nrLarg: number | null;
  QtdeTotal: number;
  status: StatusCount[];
  imagens: PictureName[];
  nrFora?: number;
};
export type ProductDevices = {
  dispositivos: DeviceSummary[];
  nomeProduto: string | null;
  tiposSensores: number[];
  dsCaminhoImagem: string | null;
  cdCodigoImagem: string | null;
  complete: boolean;
  nextCursor: number | null;
};
export type ProductPage = { data: CompleteProduct[]; nextCursor: number | null };
export type QuarantinePage = { data: Quarantined[]; nextCursor: number | null };
export type Quarantined = {
  cdErro: number;
  dsMotivo: string;
  dsTexto: string;
  dsChamador: string;
  dsPayload: string | null;
  dsPayloadBase64: string;
  nrTamanho: number;
  blReprocessavel: boolean;
  cdCliente: number | null;
  cdDispositivo: number | null;
  dsTopico: string | null;
  dsPropriedades: { [key: string]: Json | undefined } | Json[] | null;
  nrOcorrencias: number;
  dtPrimeira: string;
  dtUltima: string;
  dtExpiracao: string;
};
export type RawPoint = { ts: string; value: number | boolean | string; quality: 0 | 1 | 2 };
export type RegisteredPosition = {
  index: number;
  verdict: "stored" | "duplicate" | "conflict" | "rejected";
  cdPosicao?: number | null;
  blArea?: boolean | null;
  nrDistancia?: number | null;
  error_code?: string | null;
  error?: string | null;
  posicao: { [key: string]: Json | undefined } | null;
};
export type ReplayVerdicts = {
  total: number;
  stored: number;
  duplicate: number;
  conflict: number;
  rejected: number;
  untimed: number;
  results: Verdict[];
  messages: MessageVerdict[];
};
export type Replayed = {
  total: number;
  stored: number;
  duplicate: number;
  conflict: number;
  rejected: number;
  skipped: number;
};
export type RetentionPolicy = {
  nrDiasBruto: number | null;
  nrDias1m: number | null;
  nrDias5m: number | null;
  nrDias1h: number | null;
  cdCliente: number;
  blPropria: boolean;
  blGuardaLegal: boolean;
};
export type RetentionPreview = {
  nrDiasBruto: number | null;
  nrDias1m: number | null;
  nrDias5m: number | null;
  nrDias1h: number | null;
  cdCliente: number;
  blGuardaLegal: boolean;
  nrAmostra: number;
  tabelas: TableLoss[];
  perdas: AnswerLoss[];
};
export type SeriesHealth = {
  status: "ok" | "degraded";
  reasons: (
    | "MAINTENANCE_NEVER_RAN"
    | "MAINTENANCE_LATE"
    | "WATERMARK_LATE"
    | "NO_PARTITION_AHEAD"
    | "DIRTY_HOURS_WAITING"
    | "STEP_FAILED"
  )[];
  watermark: string | null;
  floor: string | null;
  lagSeconds: number | null;
  dirtyWindows: number;
  partitionsAhead: number;
  lastRun: MaintenanceRun | null;
  failingSteps: number;
  failures24h: number;
  quarantineLost: number;
  legacyUse: LegacyUse | null;
  steps: MaintenanceStep[] | null;
};
export type SeveralDataPoints = { data: DataPoints[]; nextCursor: string | null };
export type StatusCount = {
  cdStatus: "ativo" | "inativo" | "suspenso" | "bloqueado" | "encerrado" | "estoque" | null;
  nrQtde: number;
};
export type TableLoss = {
  dsTabela: string;
  dtAte: string;
  dtMaisAntigo: string | null;
  nrLinhas: number;
  nrBytes: number | null;
};
export type Ticket = { dsBilhete: string; dtExpiracao: string };
export type Track = {
  cdDispositivo: number;
  data: TrackPoint[];
  complete: boolean;
  nextCursor: string | null;
};
export type TrackPoint = { ts: string; lat: number; long: number; nrPrecisao: number | null };
export type TypeTotals = {
  cdDispositivo: number;
  dsTipoSensor: string;
  totalLeitura: number | null;
  mediaLeitura: number | null;
};
export type UsedInvitation = {
  id: number;
  dsChave: string;
  cdCliente: number;
  nrLimite: number;
  dtRegistro: string;
  dtExpiracao: string | null;
  nrUsados: number;
};
export type Verdict = {
  index: number;
  verdict: "stored" | "duplicate" | "conflict" | "rejected";
  cdPosicao?: number | null;
  blArea?: boolean | null;
  nrDistancia?: number | null;
  error_code?: string | null;
  error?: string | null;
};
export type WrittenEntity = {
  linha: Database["public"]["Tables"][
    | "TbCliente"
    | "TbDestinatario"
    | "TbDispositivo"
    | "TbEndereco"
    | "TbImagens"
    | "TbProduto"
    | "TbProdutoItem"
    | "TbSensor"
    | "TbTipoSensor"]["Row"];
  versao: string;
};
