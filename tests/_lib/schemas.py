"""What we write of GPX 1.1 and KML 2.2 as schemas: types, order and number of elements."""

import xmlschema

_TYPES = """
<xsd:simpleType name="latitude"><xsd:restriction base="xsd:decimal">
  <xsd:minInclusive value="-90"/><xsd:maxInclusive value="90"/></xsd:restriction></xsd:simpleType>
<xsd:simpleType name="longitude"><xsd:restriction base="xsd:decimal">
  <xsd:minInclusive value="-180"/><xsd:maxExclusive value="180"/></xsd:restriction></xsd:simpleType>
"""
_GPX = f"""
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="http://www.topografix.com/GPX/1/1"
  targetNamespace="http://www.topografix.com/GPX/1/1" elementFormDefault="qualified">{_TYPES}
<xsd:element name="gpx"><xsd:complexType><xsd:sequence>
  <xsd:element name="trk" maxOccurs="unbounded"><xsd:complexType><xsd:sequence>
    <xsd:element name="name" type="xsd:string" minOccurs="0"/>
    <xsd:element name="trkseg" minOccurs="0" maxOccurs="unbounded"><xsd:complexType><xsd:sequence>
      <xsd:element name="trkpt" minOccurs="0" maxOccurs="unbounded"><xsd:complexType><xsd:sequence>
        <xsd:element name="time" type="xsd:dateTime" minOccurs="0"/>
        <xsd:element name="extensions" minOccurs="0"><xsd:complexType><xsd:sequence>
          <xsd:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
        </xsd:sequence></xsd:complexType></xsd:element>
      </xsd:sequence><xsd:attribute name="lat" type="latitude" use="required"/>
      <xsd:attribute name="lon" type="longitude" use="required"/></xsd:complexType></xsd:element>
    </xsd:sequence></xsd:complexType></xsd:element>
  </xsd:sequence></xsd:complexType></xsd:element>
</xsd:sequence><xsd:attribute name="version" type="xsd:string" fixed="1.1" use="required"/>
<xsd:attribute name="creator" type="xsd:string" use="required"/></xsd:complexType></xsd:element>
</xsd:schema>"""
_NUMBER = r"-?[0-9]+(\.[0-9]+)?"
_TRACK = f"""
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:kml="http://www.opengis.net/kml/2.2"
  xmlns="http://www.google.com/kml/ext/2.2" targetNamespace="http://www.google.com/kml/ext/2.2"
  elementFormDefault="qualified">
<xsd:import namespace="http://www.opengis.net/kml/2.2"/>
<xsd:element name="MultiTrack"><xsd:complexType><xsd:sequence>
  <xsd:element name="interpolate" type="xsd:boolean" minOccurs="0"/>
  <xsd:element name="Track" minOccurs="0" maxOccurs="unbounded"><xsd:complexType><xsd:sequence>
    <xsd:element ref="kml:when" minOccurs="0" maxOccurs="unbounded"/>
    <xsd:element name="coord" minOccurs="0" maxOccurs="unbounded"><xsd:simpleType>
      <xsd:restriction base="xsd:string">
      <xsd:pattern value="{_NUMBER} {_NUMBER} {_NUMBER}"/></xsd:restriction>
    </xsd:simpleType></xsd:element>
  </xsd:sequence></xsd:complexType></xsd:element>
</xsd:sequence></xsd:complexType></xsd:element>
</xsd:schema>"""
_KML = f"""
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="http://www.opengis.net/kml/2.2"
  xmlns:gx="http://www.google.com/kml/ext/2.2" targetNamespace="http://www.opengis.net/kml/2.2"
  elementFormDefault="qualified">
<xsd:import namespace="http://www.google.com/kml/ext/2.2"/>
<xsd:element name="when" type="xsd:dateTime"/>
<xsd:simpleType name="place"><xsd:restriction base="xsd:string">
  <xsd:pattern value="{_NUMBER},{_NUMBER}"/></xsd:restriction></xsd:simpleType>
<xsd:simpleType name="places"><xsd:list itemType="place"/></xsd:simpleType>
<xsd:simpleType name="line">
  <xsd:restriction base="places"><xsd:minLength value="2"/></xsd:restriction></xsd:simpleType>
<xsd:element name="kml"><xsd:complexType><xsd:sequence>
 <xsd:element name="Document"><xsd:complexType><xsd:sequence>
  <xsd:element name="name" type="xsd:string" minOccurs="0"/>
  <xsd:element name="Placemark" maxOccurs="unbounded"><xsd:complexType><xsd:sequence>
   <xsd:element name="name" type="xsd:string" minOccurs="0"/>
   <xsd:element name="TimeSpan" minOccurs="0"><xsd:complexType><xsd:sequence>
    <xsd:element name="begin" type="xsd:dateTime"/><xsd:element name="end" type="xsd:dateTime"/>
   </xsd:sequence></xsd:complexType></xsd:element>
   <xsd:choice>
    <xsd:element ref="gx:MultiTrack"/>
    <xsd:element name="LineString"><xsd:complexType><xsd:sequence>
     <xsd:element name="coordinates" type="line"/></xsd:sequence></xsd:complexType></xsd:element>
    <xsd:element name="Point"><xsd:complexType><xsd:sequence>
     <xsd:element name="coordinates" type="place"/></xsd:sequence></xsd:complexType></xsd:element>
   </xsd:choice>
  </xsd:sequence></xsd:complexType></xsd:element>
 </xsd:sequence></xsd:complexType></xsd:element>
</xsd:sequence></xsd:complexType></xsd:element>
</xsd:schema>"""

GPX = xmlschema.XMLSchema(_GPX)
KML = xmlschema.XMLSchema([_KML, _TRACK])
